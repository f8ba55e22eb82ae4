import { systemClock } from '../../connectors/memory/clocks.ts';
import { schemaRegistry } from '../../connectors/schema-registry/schema-registry.ts';
import { SUBJECTS } from '../../schemas/codecs/subjects.ts';
import { TOPIC } from '../../schemas/topics.ts';
import type { OutgoingRecord } from '../../topology/model/record.ts';
import type { BenchCluster } from './cluster.ts';
import { drainOnce, WRITTEN } from './drain.ts';
import type { Drained } from './drain-samples.ts';
import type { Outcome } from './episode-fold.ts';
import { expectedOutcome } from './gate.ts';
import { fill } from './load.ts';
import type { Bench, Scenario } from './scenario.ts';

/** One record in so many is broken, in each of the two topics. */
const EVERY = 100;
const INTERVAL = 15;
const SEND = 1_000;

/** Values for the topic between the sub-topologies that look like Avro of the right schema, and are not. */
async function brokenEvents(cluster: BenchCluster, count: number): Promise<void> {
  const url = cluster.variables['SCHEMA_REGISTRY_URL'] ?? '';
  const { subject, schema } = SUBJECTS.clinicalEvent;
  const id = await schemaRegistry({ url, clock: systemClock }).idOf(subject, schema);
  const producer = cluster.driver.producer();
  const value = Buffer.alloc(105, 0xff);
  value[0] = 0;
  value.writeInt32BE(id, 1);
  const records = Array.from(
    { length: count },
    (_, i): OutgoingRecord => ({ key: Buffer.from(`Patient/p${i}`), value, timestamp: Date.now() }),
  );
  for (let i = 0; i < count; i += SEND) await producer.send(TOPIC.clinicalEvents, records.slice(i, i + SEND));
}

export const poison: Scenario = {
  name: 'poison',
  title: 'One record in a hundred is broken',
  run: async (bench: Bench) => {
    const { cluster, options, say } = bench;
    const { records, patients, repetitions } = options;
    const load = { records, patients, interval: INTERVAL };
    const broken = Math.floor(records / EVERY);
    const clean = await expectedOutcome(load);
    const left = await expectedOutcome({ ...load, brokenEvery: EVERY });
    const poisoned: Outcome = { ...left, deadLetters: left.deadLetters + broken };
    say(`dead letters: ${clean.deadLetters} without, ${poisoned.deadLetters} with`);
    const samples = { clean: [] as number[], poisoned: [] as number[] };
    const turn = async (which: 'clean' | 'poisoned'): Promise<void> => {
      const every = which === 'clean' ? 0 : EVERY;
      await cluster.empty(TOPIC.vitals, ...WRITTEN);
      await fill(cluster.driver, { ...load, brokenEvery: every });
      const before = which === 'clean' ? undefined : () => brokenEvents(cluster, broken);
      const expected = which === 'clean' ? clean : poisoned;
      const { perCpuSecond }: Drained = await drainOnce(bench, {
        records,
        workers: 1,
        expected,
        // A stranger's records in a topic of a group that has committed nothing would be taken for its own.
        options: ['--from', 'earliest'],
        ...(before === undefined ? {} : { before }),
      });
      samples[which].push(perCpuSecond);
      say(`${which}: ${perCpuSecond.toFixed(0)} records per CPU-second`);
    };
    for (let i = 0; i < repetitions; i++)
      for (const which of i % 2 === 0 ? (['clean', 'poisoned'] as const) : (['poisoned', 'clean'] as const))
        await turn(which);
    const ratios = samples.poisoned.map((value, i) => value / (samples.clean[i] ?? Number.NaN));
    return [
      { name: 'none broken, warm, per CPU-second', unit: 'records', samples: samples.clean },
      { name: 'with broken ones, warm, per CPU-second', unit: 'records', samples: samples.poisoned },
      { name: 'with broken ones, of that without', unit: 'ratio', samples: ratios },
    ];
  },
};
