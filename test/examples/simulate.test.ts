import { map } from 'rxjs';
import { expect, test } from 'vitest';
import { feverRuns, runs, temperatureOf, topics } from '../../examples/fever-runs.ts';
import { topology } from '../../topology/dsl/topology.ts';
import type { FoldStep } from '../../topology/model/step.ts';
import type { TransactionOptions, TransactionPort } from '../../topology/ports/kafka-driver.ts';
import {
  MemoryDriver,
  type Parts,
  type SimulatedInput,
  SimulationFailure,
  shrink,
  simulate,
} from '../../topology/testing/testing.ts';

// #region input
const PATIENTS = ['ann', 'bob', 'cyd'];
const input: SimulatedInput[] = Array.from({ length: 60 }, (_, i) => ({
  topic: topics.lines.name,
  key: null,
  value: topics.lines.value.encode(`${PATIENTS[i % 3]} ${36 + (i % 5)}.0`),
}));
// #endregion

// #region seeds
test.for([1, 2, 3, 4, 5])('exactly once in a cluster that has seed %i', async (seed) => {
  const { commits, faults } = await simulate(feverRuns, input, { seed });
  expect(commits).toBeGreaterThan(0);
  expect(faults.length).toBeGreaterThan(0);
});
// #endregion

// #region first-failure
/** The first of the seeds that fails, or undefined. */
async function firstFailure(to: number, parts: Parts = {}): Promise<SimulationFailure | undefined> {
  for (let seed = 1; seed <= to; seed++) {
    try {
      await simulate(feverRuns, input, { seed, parts });
    } catch (error) {
      if (error instanceof SimulationFailure) return error;
      throw error;
    }
  }
  return undefined;
}
// #endregion

// #region broken-engine
/** Goes on to the commit before its outputs are acknowledged. */
class HastyDriver extends MemoryDriver {
  override transactions(options: TransactionOptions): TransactionPort {
    const transactions = super.transactions(options);
    const send = transactions.send.bind(transactions);
    transactions.send = (topic, records) => {
      send(topic, records).catch(() => {});
      return Promise.resolve([]);
    };
    return transactions;
  }
}
const hasty: Parts = { driver: (broker, process) => new HastyDriver(broker, process) };

test('an engine that does not wait for its outputs is seen', async () => {
  const failure = await firstFailure(50, hasty);
  expect(failure?.message).toMatch(/^Seed \d+, /);
});
// #endregion

// #region shrink
test('a seed that fails is replayed, and shrunk to the faults that it takes', async () => {
  const failure = await firstFailure(50, hasty);
  if (failure === undefined) throw new Error('no seed fails');

  const options = { seed: failure.report.seed, parts: hasty };
  const shrunk = await shrink(feverRuns, input, options, failure);
  expect(shrunk.failure.report.faults.length).toBeLessThan(failure.report.faults.length);

  // The same again, with only those faults.
  const again = simulate(feverRuns, input, { ...options, skip: shrunk.skip });
  await expect(again).rejects.toThrow(shrunk.failure.message);
});
// #endregion

// #region impure
let calls = 0;
/** Counts in a variable beside the state: right as long as nothing ever goes wrong. */
const countCalls: FoldStep<number, { celsius: number }, number> = (before = 0, { value }) => {
  calls++;
  return value.celsius >= 38 ? [before + 1, [calls]] : [0, []];
};

const impure = topology('impure')
  .source('lines', [topics.lines])
  .stage('read-temperature', map(temperatureOf))
  .repartition('by-patient', topics.temperatures, ({ patient }) => patient)
  .fold('count-calls', runs, countCalls)
  .to('runs', topics.runs);

test('a step that is not pure is seen without a single fault', async () => {
  await expect(simulate(impure, input, { seed: 1, faults: 'none' })).rejects.toThrow(SimulationFailure);
});
// #endregion
