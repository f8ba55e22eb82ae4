import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { milliseconds } from '../../../topology/model/time.ts';
import type { FaultPoint } from '../../../topology/testing/simulation/coverage.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';
import { Feed } from '../cluster/feed.ts';
import { Fleet, type Said, SLOTS } from '../cluster/fleet.ts';
import { drained, faultsOf, logOf, PARTITIONS, TOPICS } from '../cluster/judge.ts';
import { WORKER } from './workers.ts';

const APPLICATION = 'zombies';
const ROUNDS = Number(process.env['ZOMBIES'] ?? 10);
const SESSION_MS = 2_000;
/** Where it stands still: before it writes, before it moves its offsets, before it ends the transaction. */
const POINTS: readonly FaultPoint[] = ['before send', 'before TxnOffsetCommit', 'after TxnOffsetCommit'];
/** What a broker says to one whose transaction it has ended, or whose place another has taken. */
const FENCED = ['fenced', 'generation-fenced', 'invalid-transaction'];
const LOOK = milliseconds(20);

/** What a frozen owner has open is looked for more often than every 10 s. */
const SOON = { 'transaction.abort.timed.out.transaction.cleanup.interval.ms': '1000' };
const kafka = useServer(() => kafkaServer({ own: true, settings: SOON }));
let driver: PlatformaticDriver;
let fleet: Fleet;
const processes = new Map<string, ChildProcess>();

beforeAll(async () => {
  const { bootstrap } = kafka();
  const access = { clientId: 'judge', bootstrap: [bootstrap], requestTimeout: 10_000, connectTimeout: 3_000 };
  driver = new PlatformaticDriver(access, systemClock);
  await driver.admin().createTopics(TOPICS.map((name) => ({ name, partitions: PARTITIONS })));
  fleet = new Fleet(bootstrap, APPLICATION, WORKER);
});

afterAll(async () => {
  // One that stands still hears nothing else.
  for (const process of processes.values()) process.kill('SIGKILL');
  await driver?.close();
});

/** Resolves when each of the slots has committed since then, and together they have everything. */
async function atWork(slots: readonly string[], since: number): Promise<void> {
  const owned = (slot: string): number =>
    Number(fleet.heard('has ', 0, slot).at(-1)?.line.split(' ')[1] ?? 0);
  const all = (): boolean =>
    slots.every((slot) => fleet.heard('committed', since, slot).length > 0) &&
    slots.reduce((sum, slot) => sum + owned(slot), 0) === 2 * PARTITIONS;
  while (!all()) {
    expect(fleet.ended).toEqual([]);
    await systemClock.sleep(LOOK);
  }
}

/** Resolves when the slot has said so since then. */
async function heard(kind: string, since: number, slot: string): Promise<readonly Said[]> {
  for (;;) {
    const said = fleet.heard(kind, since, slot);
    if (said.length > 0) return said;
    expect(fleet.ended).toEqual([]);
    await systemClock.sleep(LOOK);
  }
}

test(`${ROUNDS} times a worker stands still in a transaction past its session and wakes up among its successors: nothing it writes counts`, {
  timeout: 60_000 + ROUNDS * 30_000,
}, async () => {
  const env = { SESSION_MS: String(SESSION_MS) };
  for (const slot of SLOTS) processes.set(slot, fleet.start(slot, env));
  const feed = new Feed(driver, { batch: 100, pause: milliseconds(50) });
  feed.start();
  for (let round = 0; round < ROUNDS; round++) {
    await atWork(SLOTS, Date.now());
    const [zombie, point] = [SLOTS[round % SLOTS.length] ?? '', POINTS[round % POINTS.length] ?? ''];
    const began = Date.now();
    processes.get(zombie)?.stdin?.write(point);
    await heard(`stands still ${point}`, began, zombie);
    await atWork(
      SLOTS.filter((slot) => slot !== zombie),
      Date.now() + SESSION_MS,
    );
    const woken = Date.now();
    processes.get(zombie)?.kill('SIGCONT');
    await heard('gives up: lost', woken, zombie);
    await heard('aborted', woken, zombie);
    // What it sends may reach the broker, in a transaction that it gives up when it hears; what would make it count may not.
    if (point !== 'before send') {
      const [refused] = await heard('refused', woken, zombie);
      expect(FENCED).toContain(refused?.line.split(': ')[1]);
    }
  }
  await atWork(SLOTS, Date.now());
  await feed.stop();
  await drained(driver, APPLICATION);
  expect(await fleet.stop()).toEqual(SLOTS.map(() => 0));
  const [input, output] = [await logOf(driver, 'numbers'), await logOf(driver, 'checksums')];
  expect(output.flat()).toHaveLength(feed.sent);
  expect(faultsOf(feed, input, output)).toEqual([]);
});
