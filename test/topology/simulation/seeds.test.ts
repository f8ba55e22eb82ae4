import { expect, test } from 'vitest';
import { FAULT_POINTS, type FaultPoint } from '../../../topology/testing/simulation/coverage.ts';
import { simulate } from '../../../topology/testing/simulation/simulate.ts';
import { listing } from '../runtime/small-topologies.ts';
import { wordLines } from './words.ts';

const SEEDS = 2_000;
/** In blocks, so that a failure shows early and another worker of the test run may take some. */
const BLOCK = 250;
const INPUT = wordLines(60);

// Of a block each point is hit at least so often: with less the seeds would say little about it.
const AT_LEAST = 8;

test.for(Array.from({ length: SEEDS / BLOCK }, (_, i) => i * BLOCK))(
  'exactly once under faults, seeds from %i on: committed outputs are the fold of the committed input after every step',
  async (first) => {
    const hits = new Map<FaultPoint, number>();
    let [events, faults, restores] = [0, 0, 0];
    for (let seed = first; seed < first + BLOCK; seed++) {
      const report = await simulate(listing(), INPUT, { seed });
      for (const [point, count] of report.coverage) hits.set(point, (hits.get(point) ?? 0) + count);
      events += report.events;
      faults += report.faults.length;
      restores += report.restores;
    }
    process.stdout.write(
      `seeds ${first} to ${first + BLOCK - 1}: ${events} events, ${faults} faults, ${restores} restores; ${[
        ...hits,
      ]
        .map(([point, count]) => `${point} ${count}`)
        .join(', ')}\n`,
    );
    expect(FAULT_POINTS.filter((point) => (hits.get(point) ?? 0) < AT_LEAST)).toEqual([]);
  },
);

test('at least once under faults, 150 seeds: nothing is lost, and the outputs are those of the fold', async () => {
  for (let seed = 0; seed < 150; seed++) {
    await simulate(listing(), INPUT, { seed, guarantee: 'at-least-once' });
  }
});

test('a seed is one run: the same events, the same faults, the same log', async () => {
  const [one, other] = [
    await simulate(listing(), INPUT, { seed: 4 }),
    await simulate(listing(), INPUT, { seed: 4 }),
  ];
  expect(other.events).toBe(one.events);
  expect(other.faults).toEqual(one.faults);
  expect(other.records('t.sums')).toEqual(one.records('t.sums'));
});
