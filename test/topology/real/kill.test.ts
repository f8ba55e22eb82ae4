import { afterAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { milliseconds } from '../../../topology/model/time.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';
import { Feed, KEYS } from '../cluster/feed.ts';
import { Fleet, SLOTS } from '../cluster/fleet.ts';
import { drained, faultsOf, logOf, PARTITIONS, TOPICS } from '../cluster/judge.ts';
import { chainFaults } from '../scenarios/checksum-verifier.ts';
import type { Log, Logged } from '../scenarios/scenario.ts';
import { logOfJava, logOfLines } from './java-log.ts';
import { WORKER } from './workers.ts';

const RECORDS = Number(process.env['KILL_RECORDS'] ?? 200_000);
const KILLS = Number(process.env['KILLS'] ?? 12);
const APPLICATION = 'killed';
const LOOK = milliseconds(20);

const kafka = useServer(() => kafkaServer({ own: true }));
let driver: PlatformaticDriver | undefined;
let fleet: Fleet | undefined;

afterAll(async () => {
  await fleet?.stop();
  await driver?.close();
});

test(`${KILLS} times kill -9 under load: of ${RECORDS} records each is in its key's chain once and in order`, {
  timeout: 1_800_000 + RECORDS * 2,
}, async () => {
  const { bootstrap } = kafka();
  const access = { clientId: 'judge', bootstrap: [bootstrap], requestTimeout: 10_000, connectTimeout: 3_000 };
  driver = new PlatformaticDriver(access, systemClock);
  await driver.admin().createTopics(TOPICS.map((name) => ({ name, partitions: PARTITIONS })));
  fleet = new Fleet(bootstrap, APPLICATION, WORKER);
  for (const slot of SLOTS) fleet.start(slot);
  const began = Date.now();
  const feed = new Feed(driver, { batch: 400, pause: milliseconds(50) });
  feed.start();
  const started = new Map(SLOTS.map((slot) => [slot, began]));
  for (let i = 0; i < KILLS; i++) {
    // Spread over the whole of the feed, and of workers that are at work.
    const victim = SLOTS[(i * 7) % SLOTS.length] ?? '';
    const due = (RECORDS * (i + 1)) / (KILLS + 1);
    while (feed.sent < due || fleet.heard('committed', started.get(victim) ?? 0, victim).length === 0)
      await systemClock.sleep(LOOK);
    await fleet.replace(victim);
    started.set(victim, Date.now());
  }
  while (feed.sent < RECORDS) await systemClock.sleep(LOOK);
  await feed.stop();
  const rate = (): number => Math.round((feed.sent * 1_000) / (Date.now() - began));
  const fed = rate();
  await drained(driver, APPLICATION);
  process.stderr.write(
    `kill: ${feed.sent} records fed at ${fed}/s, through at ${rate()}/s, ${KILLS} kills\n`,
  );
  expect(fleet.ended).toEqual([]);
  expect(await fleet.stop()).toEqual(SLOTS.map(() => 0));

  const [input, output] = [await logOf(driver, 'numbers'), await logOf(driver, 'checksums')];
  expect(feed.doubtful.size).toBe(0);
  expect(output.flat()).toHaveLength(feed.sent);
  expect(faultsOf(feed, input, output)).toEqual([]);
  // The same by a reader of another make, and by what the feed says that it sent: nothing of ours has read either.
  const [fedLog, seen] = [fedBy(feed), await logOfJava(kafka(), driver, 'checksums', feed.sent)];
  expect(seen.map(({ length }) => length)).toEqual(output.map(({ length }) => length));
  expect(chainFaults(fedLog, seen)).toEqual([]);
  for (const [what, tampered] of Object.entries(TAMPERED))
    expect(chainFaults(fedLog, tampered(seen)), what).toHaveLength(1);
});

/** What was sent, by key in the order in which it was sent. */
const fedBy = ({ sent }: Feed): Log => [
  Array.from({ length: sent }, (_, i) => ({ key: `k${i % KEYS}`, value: String(i) })),
];

const changed = (log: Log, change: (of: Logged[], at: number) => void): Log => {
  const partition = log.findIndex(({ length }) => length > 2 * KEYS);
  return log.map((of, i) => {
    if (i !== partition) return of;
    const copy = [...of];
    change(copy, Math.floor(copy.length / 2));
    return copy;
  });
};

/** The smallest faults that there can be: each is to be seen. */
const TAMPERED: Readonly<Record<string, (log: Log) => Log>> = {
  'one is lost': (log) => changed(log, (of, at) => void of.splice(at, 1)),
  'one is doubled': (log) => changed(log, (of, at) => void of.splice(at, 0, ...of.slice(at, at + 1))),
  'two of a key are swapped': (log) =>
    changed(log, (of, at) => {
      const [one] = of.slice(at, at + 1);
      const next = of.findIndex(({ key }, i) => i > at && key === one?.key);
      const other = of[next];
      if (one === undefined || other === undefined) throw new Error('There is nothing to swap.');
      of[at] = other;
      of[next] = one;
    }),
};

describe('what Java prints', () => {
  const lines = ['Partition:0\tOffset:3\tk1\t1 ab', 'Partition:5\tOffset:0\tk2\t1 cd'];

  test('is read by partition', () => {
    const log = logOfLines(`${lines.join('\n')}\n`);
    expect(log.flatMap((of, partition) => of.map((one) => ({ partition, ...one })))).toEqual([
      { partition: 0, key: 'k1', value: '1 ab' },
      { partition: 5, key: 'k2', value: '1 cd' },
    ]);
  });

  test.each([
    ['is no record', 'Partition:0 k1'],
    ['is of no partition', 'Partition:6\tOffset:0\tk1\t1 ab'],
    ['stands twice', lines[0] ?? ''],
  ])('is refused where a line %s', (_, line) => {
    expect(() => logOfLines([...lines, line].join('\n'))).toThrow();
  });
});
