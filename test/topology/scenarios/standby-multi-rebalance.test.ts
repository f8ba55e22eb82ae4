import { map } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { fraction } from '../../../connectors/memory/simulation/chance.ts';
import type { FaultRates } from '../../../connectors/memory/simulation/faults.ts';
import type { Topology } from '../../../topology/dsl/nodes.ts';
import { topology } from '../../../topology/dsl/topology.ts';
import { text } from '../../../topology/model/codec.ts';
import type { FoldStep } from '../../../topology/model/step.ts';
import { store } from '../../../topology/model/store.ts';
import { topic } from '../../../topology/model/topic.ts';
import type { Batch, TopicPartition } from '../../../topology/ports/kafka-driver.ts';
import { APPLICATION, type Parts } from '../../../topology/testing/simulation/cluster.ts';
import { type Logged, Scenario } from './scenario.ts';

const BUCKETS = 12;
const names = topic('names', text);
const byBucket = topic('names.by-bucket', text, { internal: true });
const ids = topic('ids', text);

/** A name that is new in its bucket gets the next number; one that is known has its own for ever. */
const number: FoldStep<string, string, string> = (state, { value }) => {
  const known = JSON.parse(state ?? '[]') as readonly string[];
  const at = known.indexOf(value);
  return at >= 0
    ? [state, [`${value}=${at}`]]
    : [JSON.stringify([...known, value]), [`${value}=${known.length}`]];
};

const numbering = (): Topology =>
  topology('numbering')
    .source('names', [names])
    .stage(
      'name',
      map(({ value }) => value ?? ''),
    )
    .repartition('by-bucket', byBucket, (name) => name.split('-')[0] ?? '')
    .fold('number', store('numbers', text, 1), number)
    .to('to-ids', ids);

/** Names come again and again, each with its bucket as key. */
const input = (seed: number, count: number): readonly Logged[] =>
  Array.from({ length: count }, (_, i) => {
    const bucket = Math.floor(fraction(seed, `bucket ${i}`) * BUCKETS);
    return { key: String(bucket), value: `${bucket}-${Math.floor(fraction(seed, `name ${i}`) * 15)}` };
  });

/** What each name of a bucket is told, in order: its place among the names of the bucket as they first came. */
function expectedOf(fed: readonly Logged[]): ReadonlyMap<string, readonly string[]> {
  const seen = new Map<string, string[]>();
  return new Map(
    [...Map.groupBy(fed, ({ key }) => key)].map(([bucket, of]) => {
      const known = seen.get(bucket) ?? [];
      seen.set(bucket, known);
      return [
        bucket,
        of.map(({ value }) => {
          if (!known.includes(value)) known.push(value);
          return `${value}=${known.indexOf(value)}`;
        }),
      ];
    }),
  );
}

const SLOW_RESTORES: FaultRates = {
  of: (request) => (request === 'restore-fetch' ? 0.9 : 0),
  kinds: ['slow'],
};

/** No snapshots, so each restore is of the whole log; and it is counted when it begins. */
const rebuilding = (restores: { begun: number }): Parts => ({
  settings: (settings) => {
    const { snapshots: _none, ...without } = settings;
    return without;
  },
  driver: (broker, process) =>
    new (class extends MemoryDriver {
      override read(
        at: TopicPartition,
        from: number,
        to: number,
        each: (batch: Batch) => void,
      ): Promise<number> {
        restores.begun++;
        return super.read(at, from, to, each);
      }
    })(broker, process),
});

describe('StandbyTaskEOSMultiRebalanceIntegrationTest', () => {
  test('shouldHonorEOS: through many rebalances, also during restores, no name gets two numbers and no number two names', async () => {
    const restores = { begun: 0, done: 0, generations: 0 };
    for (const seed of [31, 32, 33, 34, 35]) {
      const parts = rebuilding(restores);
      const scenario = new Scenario(numbering(), { seed, partitions: 6, parts, faults: SLOW_RESTORES });
      const fed = input(seed, 240);
      scenario.start();
      scenario.feed(names.name, fed, 5_000);
      // Every rebalance takes place while the restores of the one before may run.
      scenario.disturb(80, 5_000, 15);
      await scenario.pass(5_000);
      await scenario.drained();
      await scenario.stop();
      const out = Map.groupBy(scenario.read(ids.name).flat(), ({ key }) => key);
      const told = new Map([...out].map(([bucket, of]) => [bucket, of.map(({ value }) => value)]));
      expect(told).toEqual(expectedOf(fed));
      restores.done += scenario.told.of('restored').filter((line) => !line.endsWith('+0')).length;
      restores.generations += scenario.cluster.broker.state.group(APPLICATION).generation;
    }
    expect(restores.generations).toBeGreaterThan(75);
    expect(restores.done).toBeGreaterThan(50);
    // Some were given up half way.
    expect(restores.begun).toBeGreaterThan(restores.done + 5);
  });
});
