import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { milliseconds } from '../../../topology/model/time.ts';
import { FAULT_POINTS, type FaultPoint } from '../../../topology/testing/simulation/coverage.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { startKafkaProxy } from '../../servers/kafka-proxy/kafka-proxy.ts';
import type { Api } from '../../servers/kafka-proxy/request-header.ts';
import { redisServer } from '../../servers/redis.ts';
import { useServer } from '../../servers/use-server.ts';
import { Feed } from '../cluster/feed.ts';
import { Fleet } from '../cluster/fleet.ts';
import { drained, faultsOf, logOf, PARTITIONS, TOPICS } from '../cluster/judge.ts';
import { WORKER } from './workers.ts';

const ROUNDS = Number(process.env['FAULT_ROUNDS'] ?? 1);
const APPLICATION = `torn-${randomUUID()}`;
const VICTIM = 'slot-0';
const OTHER = 'slot-1';
/** Comes and goes, so that the others give something up. */
const GUEST = 'slot-2';
/** What only the network sees: the broker has done it, and its answer is on the way. */
const ON_THE_WAY: Partial<Record<FaultPoint, Api>> = {
  'after send, before ack': 'produce',
  'EndTxn applied, reply lost': 'end-txn',
};
const LOOK = milliseconds(20);
/** Commits behind a snapshot: then there is something to replay. */
const ENOUGH = 2;

const kafka = useServer(() => kafkaServer({ own: true }));
const redis = useServer(() => redisServer());
const proxy = useServer(async () => startKafkaProxy(kafka().bootstrap));
let driver: PlatformaticDriver;
let fleet: Fleet;
/** Victims that were killed since they had nothing to replay. */
let again = 0;

beforeAll(async () => {
  const access = {
    clientId: 'judge',
    bootstrap: [kafka().bootstrap],
    requestTimeout: 10_000,
    connectTimeout: 3_000,
  };
  driver = new PlatformaticDriver(access, systemClock);
  await driver.admin().createTopics(TOPICS.map((name) => ({ name, partitions: PARTITIONS })));
  fleet = new Fleet(proxy().bootstrap, APPLICATION, WORKER);
});

afterAll(async () => {
  await fleet?.stop();
  await driver?.close();
});

const started = (slot: string, env: Readonly<Record<string, string>> = {}): ChildProcess =>
  fleet.start(slot, { REDIS_PORT: String(redis().port), ...env });

async function heard(kind: string, since: number, slot: string): Promise<void> {
  while (fleet.heard(kind, since, slot).length === 0) await systemClock.sleep(LOOK);
}

/** A worker in a third slot, once the victim is at work: the group changes. */
async function invited(since: number): Promise<ChildProcess> {
  await heard('committed', since, VICTIM);
  return started(GUEST);
}

/** Runs the victim until it has come to the point, and has died there as with kill -9. */
async function torn(point: FaultPoint): Promise<void> {
  const began = Date.now();
  const victim = started(VICTIM, { DIE_AT: point });
  // Its last line is heard before it closes, and perhaps after it exits.
  const exit = once(victim, 'close');
  const api = ON_THE_WAY[point];
  if (api !== undefined) {
    await heard('committed', began, VICTIM);
    const { underWay, letGo } = proxy().client(VICTIM).hold(api, 'answer');
    await underWay;
    victim.kill('SIGKILL');
    letGo();
  }
  const guest = point === 'mid revoke' ? await invited(began) : undefined;
  await exit;
  if (guest !== undefined) {
    const left = once(guest, 'exit');
    guest.kill('SIGTERM');
    await left;
  }
  expect(victim.signalCode, point).toBe('SIGKILL');
  if (api === undefined) expect(fleet.heard(`dies ${point}`, began, VICTIM)).toHaveLength(1);
}

/** A snapshot may hold all that was committed, and then a restore has nothing to replay: with what came since, it has. */
async function tornInRestore(): Promise<void> {
  for (;;) {
    const began = Date.now();
    const victim = started(VICTIM, { DIE_AT: 'mid restore' });
    const exit = once(victim, 'close');
    while (victim.exitCode === null && victim.signalCode === null) {
      if (fleet.heard('committed', began, VICTIM).length >= ENOUGH) victim.kill('SIGKILL');
      await systemClock.sleep(LOOK);
    }
    await exit;
    expect(victim.signalCode).toBe('SIGKILL');
    if (fleet.heard('dies mid restore', began, VICTIM).length === 1) return;
    again++;
  }
}

test('a worker dies at each point at which a commit, a snapshot, a restore and a revocation can be torn: nothing is lost or doubled', {
  timeout: 1_800_000 + ROUNDS * 480_000,
}, async () => {
  started(OTHER);
  const feed = new Feed(driver, { batch: 100, pause: milliseconds(50) });
  feed.start();
  for (let round = 0; round < ROUNDS; round++) {
    for (const point of FAULT_POINTS) await (point === 'mid restore' ? tornInRestore() : torn(point));
  }
  const last = Date.now();
  started(VICTIM);
  await heard('committed', last, VICTIM);
  await feed.stop();
  await drained(driver, APPLICATION);
  const ended = (how: string): number => fleet.ended.filter((one) => one === how).length;
  expect(ended(`${VICTIM}: SIGKILL`)).toBe(ROUNDS * FAULT_POINTS.length + again);
  expect(ended(`${GUEST}: 0`)).toBe(ROUNDS);
  expect(fleet.ended).toHaveLength(ROUNDS * (FAULT_POINTS.length + 1) + again);
  const [input, output] = [await logOf(driver, 'numbers'), await logOf(driver, 'checksums')];
  expect(output.flat()).toHaveLength(feed.sent);
  expect(faultsOf(feed, input, output)).toEqual([]);
  // Not all of it was rebuilt from the log.
  expect(fleet.said.some(({ line }) => /^restored 1_\d+ \d+ [1-9]/.test(line))).toBe(true);
});
