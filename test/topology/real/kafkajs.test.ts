import type { ChildProcess } from 'node:child_process';
import { afterAll, expect, test } from 'vitest';
import { KafkaJsDriver } from '../../../connectors/kafkajs/driver.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { milliseconds } from '../../../topology/model/time.ts';
import type { FaultPoint } from '../../../topology/testing/simulation/coverage.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';
import { Feed } from '../cluster/feed.ts';
import { Fleet, SLOTS } from '../cluster/fleet.ts';
import { drained, faultsOf, logOf, PARTITIONS, TOPICS } from '../cluster/judge.ts';
import { chainFaults } from '../scenarios/checksum-verifier.ts';
import { logOfJava } from './java-log.ts';
import { WORKER } from './workers.ts';

const RECORDS = Number(process.env['KAFKAJS_RECORDS'] ?? 40_000);
const KILLS = Number(process.env['KAFKAJS_KILLS'] ?? 6);
const APPLICATION = 'killed';
const ENV = { KAFKA_DRIVER: 'kafkajs', SESSION_MS: '3000' };
const LOOK = milliseconds(20);
/** Where a zombie stands still: before it writes, before it moves its offsets, before it ends the transaction. */
const POINTS: readonly FaultPoint[] = ['before send', 'before TxnOffsetCommit', 'after TxnOffsetCommit'];

const kafka = useServer(() => kafkaServer({ own: true }));
let driver: KafkaJsDriver | undefined;
const processes = new Map<string, ChildProcess>();

afterAll(async () => {
  // One that stands still hears nothing else.
  for (const process of processes.values()) process.kill('SIGKILL');
  await driver?.close();
});

/**
 * The workers commit with a transactional id to each partition and without a generation: kill -9 under load, and then workers that stand
 * still in the middle of a transaction, past their session, and wake up when others own their partitions.
 */
test(`kafkajs: ${KILLS} times kill -9 and ${POINTS.length} zombies under load: of ${RECORDS} records and more each is in its key's chain once and in order`, {
  timeout: 1_800_000 + RECORDS * 10,
}, async () => {
  const { bootstrap } = kafka();
  const access = { clientId: 'judge', bootstrap: [bootstrap], requestTimeout: 10_000, connectTimeout: 3_000 };
  driver = new KafkaJsDriver(access, systemClock);
  await driver.admin().createTopics(TOPICS.map((name) => ({ name, partitions: PARTITIONS })));
  const fleet = new Fleet(bootstrap, APPLICATION, WORKER);
  const until = async (so: () => boolean): Promise<void> => {
    while (!so()) {
      expect(fleet.ended).toEqual([]);
      await systemClock.sleep(LOOK);
    }
  };
  /** Resolves with what the slot says of this kind, from that line on. */
  const heard = async (kind: string, from: number, slot: string): Promise<string> => {
    const said = () =>
      fleet.said.slice(from).find((one) => one.slot === slot && one.line.startsWith(kind))?.line;
    await until(() => said() !== undefined);
    return said() ?? '';
  };

  for (const slot of SLOTS) processes.set(slot, fleet.start(slot, ENV));
  const feed = new Feed(driver, { batch: 200, pause: milliseconds(40) });
  feed.start();
  for (let i = 0; i < KILLS; i++) {
    const victim = SLOTS[(i * 7) % SLOTS.length] ?? '';
    const from = fleet.said.length;
    await heard('committed', from, victim);
    await until(() => feed.sent >= (RECORDS * (i + 1)) / (KILLS + 1));
    processes.set(victim, await fleet.replace(victim, ENV));
  }
  await until(() => feed.sent >= RECORDS);
  const ends: string[] = [];
  for (const [round, point] of POINTS.entries()) {
    const zombie = SLOTS[round % SLOTS.length] ?? '';
    const others = SLOTS.filter((slot) => slot !== zombie);
    const from = fleet.said.length;
    for (const slot of SLOTS) await heard('committed', from, slot);
    processes.get(zombie)?.stdin?.write(point);
    await heard(`stands still ${point}`, from, zombie);
    const frozen = fleet.said.length;
    // Both take over what was its own, and commit it.
    for (const slot of others) await heard('has 6', frozen, slot);
    const taken = fleet.said.length;
    for (const slot of others) await heard('committed', taken, slot);
    const woken = fleet.said.length;
    processes.get(zombie)?.kill('SIGCONT');
    await heard('gives up: lost', woken, zombie);
    if (point !== 'before send') ends.push((await heard('refused', woken, zombie)).split(': ')[1] ?? '');
  }
  // Nothing but its producer's id keeps it from it; or it slept through its own time limit, and begins anew.
  for (const code of ends) expect(['fenced', 'invalid-transaction', 'request-timed-out']).toContain(code);
  await feed.stop();
  await drained(driver, APPLICATION);
  expect(fleet.ended).toEqual([]);
  expect(await fleet.stop()).toEqual(SLOTS.map(() => 0));
  const [input, output] = [await logOf(driver, 'numbers'), await logOf(driver, 'checksums')];
  expect(feed.doubtful.size).toBe(0);
  expect(output.flat()).toHaveLength(feed.sent);
  expect(faultsOf(feed, input, output)).toEqual([]);
  const short = output.map((of) => of.filter((_, i) => i !== Math.floor(of.length / 2)));
  expect(chainFaults(input, short).length).toBeGreaterThan(0);
  // A reader of another make sees the same: also that nothing aborted is among it.
  const seen = await logOfJava(kafka(), driver, 'checksums', feed.sent);
  expect(seen.map(({ length }) => length)).toEqual(output.map(({ length }) => length));
  expect(chainFaults(input, seen)).toEqual([]);
  process.stderr.write(
    `kafkajs: ${feed.sent} records, ${KILLS} kills, ${POINTS.length} zombies: ${ends.join(', ')}\n`,
  );
});
