import { mergeMap, tap } from 'rxjs';
import { afterEach, expect, test } from 'vitest';
import { milliseconds, seconds } from '../../../topology/model/time.ts';
import { Engine } from './engine.ts';
import { lines, listing, wordsOf } from './small-topologies.ts';

let engine: Engine;
afterEach(() => engine.stop());

/** Records of each commit; the clock stands unless it is moved with each poll. */
async function commits(records: number, move = 0): Promise<number[]> {
  engine = new Engine(listing(), {
    partitions: 1,
    limits: { pollRecords: 10, commitInterval: milliseconds(100) },
  });
  engine.clock.moveTo(1_000);
  engine.produce(
    lines.name,
    Array.from({ length: records }, (_, i) => `a:${i}`),
    { timestamp: 0 },
  );
  engine.start('a', {
    before: (call) => {
      if (call === 'poll') engine.clock.moveTo(engine.clock.now() + move);
    },
  });
  await engine.drained();
  return engine.told.of('committed').map((line) => Number(line.split(' ')[1]));
}

test('a backlog is committed by interval, whatever it puts out, and its end at once', async () => {
  const [first, ...others] = await commits(100);
  expect(first).toBe(10);
  // Whatever the repartition topic gave by then is among them.
  expect(others.length).toBeLessThan(5);
});

test('caught up, each poll is a commit', async () => {
  const all = await commits(5);
  // The lines with their words; and the step over the control record of that transaction.
  expect(all).toEqual([10, 0]);
});

test('of a backlog that takes its time each interval is a commit', async () => {
  const all = await commits(100, 100);
  // And its end with what the last of it led to.
  expect(Math.max(...all.slice(0, 9))).toBeLessThanOrEqual(10);
  expect(Math.max(...all)).toBeLessThanOrEqual(20);
});

test('a step over control records does not wait for the end of an idle poll', async () => {
  engine = new Engine(listing(), { partitions: 1, limits: { pollWait: seconds(60) } });
  engine.start('a');
  engine.produce(lines.name, ['a:1']);
  for (let looks = 0; engine.lag() > 0 && looks < 2_000; looks++) await engine.broker.changed(1);
  const left = engine.lag();
  // A stop would wait for that poll.
  engine.kill('a');
  expect(left).toBe(0);
});

test('of records that take long a poll brings no more than an interval has room for, once it is known', async () => {
  const took = 2;
  const slow = listing({
    split: (input) =>
      input.pipe(
        tap(() => engine.clock.moveTo(engine.clock.now() + took)),
        mergeMap(({ value }) => wordsOf(value)),
      ),
  });
  engine = new Engine(slow, { partitions: 1, limits: { commitInterval: milliseconds(100) } });
  engine.produce(
    lines.name,
    Array.from({ length: 400 }, (_, i) => `a:${i}`),
    { timestamp: 0 },
  );
  const polls: number[] = [];
  engine.start('a', {
    before: (call) => {
      if (call === 'poll') polls.push(engine.clock.now());
    },
  });
  await engine.drained();
  const apart = polls.slice(1).map((at, i) => at - (polls[i] as number));
  const [first, ...others] = apart.filter((time) => time > 0);
  // What it begins with: 64 records.
  expect(first).toBe(64 * took);
  expect(Math.max(...others)).toBeLessThanOrEqual(100);
});
