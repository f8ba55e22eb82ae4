import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TOPIC } from '../../schemas/topics.ts';
import type { Figure } from '../measure.ts';
import type { Progress } from './cluster.ts';
import { type Drained, DrainSamples } from './drain-samples.ts';
import type { Outcome } from './episode-fold.ts';
import { expectedOutcome, foundOutcome } from './gate.ts';
import { fill } from './load.ts';
import { WorkerProcess } from './product.ts';
import { type Bench, freshName, type Scenario } from './scenario.ts';

/** What comes before is warming up. */
const WARM = 0.2;
const INTERVAL = 15;
/** What a drain writes, and the next one must not find. */
export const WRITTEN: readonly string[] = [
  TOPIC.clinicalEvents,
  TOPIC.alerts,
  TOPIC.audit,
  TOPIC.deadLetters,
];
const BARE = fileURLToPath(new URL('./bare-consume.ts', import.meta.url));

export interface DrainOptions {
  /** How many the topic is filled with. */
  readonly records: number;
  readonly workers: number;
  readonly expected: Outcome;
  /** Done when the topics are empty, before the workers start. */
  readonly before?: () => Promise<void>;
  readonly checkout?: string;
  /** Runs the checkout as it is, and not its package. */
  readonly unpacked?: boolean;
  /** More flags of Node for the workers. */
  readonly flags?: readonly string[];
  /** More options of the command. */
  readonly options?: readonly string[];
  /** The part that is warming up; a fifth unless told. */
  readonly warm?: number;
}

/** Drains the topic once; the outcome must be the expected one. */
export async function drainOnce({ cluster }: Bench, drainOptions: DrainOptions): Promise<Drained> {
  const { records, workers, expected, before, checkout, unpacked = false } = drainOptions;
  const { flags = [], options = [], warm } = drainOptions;
  await cluster.empty(...WRITTEN);
  await before?.();
  const application = freshName('drain');
  const processes = Array.from(
    { length: workers },
    (_, i) =>
      new WorkerProcess({
        application,
        slot: `w${i}`,
        variables: cluster.forProduct,
        flags,
        options,
        unpacked,
        ...(checkout === undefined ? {} : { checkout }),
      }),
  );
  const seen = await cluster.drained(application, processes);
  const cpu = (await Promise.all(processes.map((worker) => worker.stop()))).reduce(
    (sum, one) => sum + one,
    0,
  );
  const found = await foundOutcome(cluster);
  if (JSON.stringify(found) !== JSON.stringify(expected))
    throw new Error(`The drain is wrong: ${JSON.stringify(found)}, not ${JSON.stringify(expected)}.`);
  return { ...warmPart(seen, records, warm), wholePerCpuSecond: records / cpu };
}

/** Rates behind the warm-up. @throws where there is nothing left to measure. */
export function warmPart(
  seen: readonly Progress[],
  records: number,
  warm: number = WARM,
): Pick<Drained, 'perCpuSecond' | 'perSecond'> {
  const done = ({ source, repartitioned }: Progress): number => ((source + repartitioned) / 2) * records;
  const last = seen.at(-1);
  const first = seen.find((one) => done(one) >= warm * records);
  if (first === undefined || last === undefined || first === last)
    throw new Error('Too few records to see a drain: it was over before it was warm.');
  const part = done(last) - done(first);
  return { perCpuSecond: part / (last.cpu - first.cpu), perSecond: part / ((last.at - first.at) / 1_000) };
}

interface Bare {
  readonly records: number;
  readonly cpuSeconds: number;
}

/** Records per CPU-second of a consumer that only decodes. */
async function bareOnce({ cluster }: Bench): Promise<number> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--max-semi-space-size=32', BARE, freshName('bare')],
    { env: { ...process.env, ...cluster.variables } },
  );
  const { records, cpuSeconds } = JSON.parse(stdout) as Bare;
  return records / cpuSeconds;
}

/** Fills the vital signs' topic for drains, and tells what each must give. */
export async function filled({ cluster, options, say }: Bench): Promise<Outcome> {
  const { records, patients } = options;
  const load = { records, patients, interval: INTERVAL };
  say(`filling the topic with ${records} records`);
  await cluster.empty(TOPIC.vitals, ...WRITTEN);
  await fill(cluster.driver, load);
  const expected = await expectedOutcome(load);
  say(`each drain must give ${expected.episodes} episodes`);
  return expected;
}

export const drain: Scenario = {
  name: 'drain',
  title: 'Drain',
  run: async (bench) => {
    const { records, repetitions, against } = bench.options;
    const expected = await filled(bench);
    const samples = new DrainSamples(bench.say);
    const turns = against === undefined ? [undefined] : [undefined, against];
    for (let i = 0; i < repetitions; i++) {
      samples.note(BARE_NAME, await bareOnce(bench));
      // The order turns with each repetition: whatever drifts hits both alike.
      for (const checkout of i % 2 === 0 ? turns : turns.toReversed()) {
        for (const workers of [1, 2]) {
          const of = `${workers} worker${workers === 1 ? '' : 's'}${checkout === undefined ? '' : ', the other checkout'}`;
          const one = await drainOnce(bench, {
            records,
            workers,
            expected,
            ...(checkout === undefined ? {} : { checkout }),
          });
          samples.drained(of, one);
        }
      }
    }
    return figuresOf(samples);
  },
};

const BARE_NAME = 'yardstick: bare consume and decode, per CPU-second';

function figuresOf(samples: DrainSamples): Figure[] {
  const bare = samples.of(BARE_NAME);
  return samples.figures.flatMap((figure): Figure[] => {
    if (!figure.name.endsWith('warm, per CPU-second')) return [figure];
    const ratios = figure.samples.map((value, i) => value / (bare[i] ?? Number.NaN));
    return [figure, { name: `${figure.name}, of the yardstick`, unit: 'ratio', samples: ratios }];
  });
}
