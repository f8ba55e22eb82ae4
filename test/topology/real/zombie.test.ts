import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { milliseconds } from '../../../topology/model/time.ts';
import type { FaultPoint } from '../../../topology/testing/simulation/coverage.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';
import { Feed } from '../cluster/feed.ts';
import { Fleet, SLOTS } from '../cluster/fleet.ts';
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

/** Resolves when it is so; what has ended will not come. */
async function until(so: () => boolean): Promise<void> {
  while (!so()) {
    expect(fleet.ended).toEqual([]);
    await systemClock.sleep(LOOK);
  }
}

/** How many partitions the slot has, if it has committed something since it got them and since that line; else none. */
function atWork(slot: string, from: number): number {
  let partitions = 0;
  let working = 0;
  for (const [i, said] of fleet.said.entries()) {
    if (said.slot !== slot) continue;
    if (said.line.startsWith('gives up')) partitions = working = 0;
    if (said.line.startsWith('has ')) partitions = Number(said.line.slice('has '.length));
    if (said.line.startsWith('committed') && i >= from) working = partitions;
  }
  return working;
}

/** Resolves when these slots together are at work on everything, from now on. */
async function allAtWork(slots: readonly string[]): Promise<void> {
  const from = fleet.said.length;
  await until(() => {
    const shares = slots.map((slot) => atWork(slot, from));
    return !shares.includes(0) && shares.reduce((sum, share) => sum + share) === 2 * PARTITIONS;
  });
}

/** Resolves with what the slot says of this kind, from that line on. */
async function heard(kind: string, from: number, slot: string): Promise<string> {
  let line: string | undefined;
  await until(() => {
    line = fleet.said.slice(from).find((said) => said.slot === slot && said.line.startsWith(kind))?.line;
    return line !== undefined;
  });
  return line ?? '';
}

test(`${ROUNDS} times a worker stands still in a transaction past its session and wakes up among its successors: nothing it writes counts`, {
  timeout: 1_800_000 + ROUNDS * 30_000,
}, async () => {
  const env = { SESSION_MS: String(SESSION_MS) };
  for (const slot of SLOTS) processes.set(slot, fleet.start(slot, env));
  const feed = new Feed(driver, { batch: 100, pause: milliseconds(50) });
  feed.start();
  for (let round = 0; round < ROUNDS; round++) {
    await allAtWork(SLOTS);
    const zombie = SLOTS[round % SLOTS.length] ?? '';
    // Each slot at each point, in nine rounds.
    const point = POINTS[(round + Math.floor(round / SLOTS.length)) % POINTS.length] ?? '';
    const began = fleet.said.length;
    processes.get(zombie)?.stdin?.write(point);
    await heard(`stands still ${point}`, began, zombie);
    // Who has its partitions has waited for the end of its transaction.
    await allAtWork(SLOTS.filter((slot) => slot !== zombie));
    const woken = fleet.said.length;
    processes.get(zombie)?.kill('SIGCONT');
    await heard('aborted', woken, zombie);
    // What it sends may reach the broker, in a transaction that it gives up when it hears; what would make it count may not.
    if (point !== 'before send')
      expect(FENCED).toContain((await heard('refused', woken, zombie)).split(': ')[1]);
    // It is a member again, as one that was away.
    await heard('has ', woken, zombie);
  }
  await allAtWork(SLOTS);
  await feed.stop();
  await drained(driver, APPLICATION);
  expect(await fleet.stop()).toEqual(SLOTS.map(() => 0));
  const [input, output] = [await logOf(driver, 'numbers'), await logOf(driver, 'checksums')];
  expect(output.flat()).toHaveLength(feed.sent);
  expect(faultsOf(feed, input, output)).toEqual([]);
});
