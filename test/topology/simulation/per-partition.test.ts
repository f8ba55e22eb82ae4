import { expect, test } from 'vitest';
import type { TransactionOptions, TransactionPort } from '../../../topology/ports/kafka-driver.ts';
import type { Parts } from '../../../topology/testing/simulation/cluster.ts';
import { FAULT_POINTS, type FaultPoint } from '../../../topology/testing/simulation/coverage.ts';
import { SimulationFailure, simulate } from '../../../topology/testing/simulation/simulate.ts';
import { PerPartitionDriver } from '../runtime/per-partition-driver.ts';
import { listing } from '../runtime/small-topologies.ts';
import { wordLines } from './words.ts';

const BLOCK = 250;
const INPUT = wordLines(60);
const AT_LEAST = 8;
const LIMIT = 500;

const fencedByPartition: Parts = { driver: (broker, process) => new PerPartitionDriver(broker, process) };

test.for([0, BLOCK])(
  'without a generation and with a transactional id to each partition, seeds from %i on: exactly once under faults',
  async (first) => {
    const hits = new Map<FaultPoint, number>();
    for (let seed = first; seed < first + BLOCK; seed++) {
      const { coverage } = await simulate(listing(), INPUT, { seed, parts: fencedByPartition });
      for (const [point, count] of coverage) hits.set(point, (hits.get(point) ?? 0) + count);
    }
    expect(FAULT_POINTS.filter((point) => (hits.get(point) ?? 0) < AT_LEAST)).toEqual([]);
  },
);

/** Who had the partition before is fenced when the first transaction begins, and not before the committed offset is read. */
class LateFence extends PerPartitionDriver {
  override transactions(options: TransactionOptions): TransactionPort {
    const transactions = super.transactions(options);
    let fenced: Promise<void> | undefined;
    const first = (): Promise<void> => (fenced ??= transactions.init());
    return {
      ...transactions,
      init: () => Promise.resolve(),
      send: (topic, records) => first().then(() => transactions.send(topic, records)),
      sendOffsets: (offsets, generation) => first().then(() => transactions.sendOffsets(offsets, generation)),
    };
  }
}

test('the simulation sees a driver that fences late', async () => {
  const failing = async (): Promise<string> => {
    for (let seed = 0; seed < LIMIT; seed++) {
      try {
        await simulate(listing(), INPUT, {
          seed,
          parts: { driver: (broker, process) => new LateFence(broker, process) },
        });
      } catch (error) {
        if (!(error instanceof SimulationFailure)) throw error;
        return error.message;
      }
    }
    return `${LIMIT} seeds did not show it`;
  };
  expect(await failing()).toMatch(/nobody was to write now|the fold of its input has/);
});
