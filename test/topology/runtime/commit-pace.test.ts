import { afterEach, expect, test } from 'vitest';
import { milliseconds } from '../../../topology/model/time.ts';
import { Engine } from './engine.ts';
import { lines, listing } from './small-topologies.ts';

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
  // Ten lines, and the ten words that they led to.
  expect(first).toBe(20);
  expect(others.length).toBeLessThan(5);
});

test('caught up, each poll is a commit', async () => {
  const all = await commits(5);
  // The lines with their words; and the step over the control record of that transaction.
  expect(all).toEqual([10, 0]);
});

test('of a backlog that takes its time each interval is a commit', async () => {
  const all = await commits(100, 100);
  expect(Math.max(...all)).toBeLessThanOrEqual(20);
});
