import { setTimeout as pause } from 'node:timers/promises';
import { TOPIC } from '../../schemas/topics.ts';
import type { Figure } from '../measure.ts';
import { AlertWatch, type ReadAlert, type SeenAlert } from './alert-watch.ts';
import { startFeed } from './feed.ts';
import type { MeasuredProcess } from './measured-process.ts';
import { latencyFigures } from './percentiles.ts';
import { WorkerProcess } from './product.ts';
import { type Bench, freshName, type Scenario } from './scenario.ts';

/** Load before the measured part: a worker, or a JVM, that has just started compiles its code, and one in a hospital has run for weeks. */
const WARM_MS = 60_000;
/** Load before all, in lengths of what is measured: a broker compiles for two minutes, at 2,000 records a second with up to 0.6 of a processor. */
const WARM_BROKER = 2;
/** What was planned last is there by then. Before that nothing is decoded: that would hold up the subscriber, which is this process. */
const SETTLED_MS = 2_000;
const LONGEST_MS = 30_000;
/** One record in twenty changes an alert: far more than on a ward, and enough to see a p99.9. */
const EVERY = 20;

interface Load {
  /** Records per second. */
  readonly rate: number;
  readonly seconds: number;
  /** What is measured, under a new name of the application. */
  readonly start: (application: string) => MeasuredProcess & { stop(): Promise<unknown> };
  /** For alerts that are not the product's. */
  readonly read?: ReadAlert;
}

/** Milliseconds from the planned time of each record that changed an alert until a subscriber had that alert. */
export async function latencies(
  { cluster }: Bench,
  { rate, seconds, start, read }: Load,
): Promise<readonly number[]> {
  await cluster.empty(...Object.values(TOPIC));
  const worker = start(freshName('latency'));
  const watch = await AlertWatch.start(cluster, read);
  const endFeed = startFeed(cluster, { rate, every: EVERY });
  await pause(WARM_MS);
  const from = Date.now();
  const to = from + seconds * 1_000;
  await pause(to - from + SETTLED_MS);
  worker.assertAlive();
  const wanted = (seconds * rate) / EVERY;
  const measured = (): readonly SeenAlert[] =>
    watch.alerts.filter(({ planned }) => planned >= from && planned < to);
  // What was planned until then must still come: left out, it would be the slowest.
  while (measured().length < wanted - 1 && Date.now() - to < LONGEST_MS) await pause(500);
  await endFeed();
  await watch.stop();
  await worker.stop();
  const found = measured();
  if (Math.abs(found.length - wanted) > 1)
    throw new Error(`${found.length} alerts were seen where ${wanted} were to come.`);
  return found.map(({ seen, planned }) => seen - planned);
}

/** Starts a worker of this checkout, or of another. */
export const startOurs =
  ({ cluster }: Bench, checkout?: string) =>
  (application: string): WorkerProcess =>
    new WorkerProcess({
      application,
      slot: 'w0',
      variables: cluster.forProduct,
      ...(checkout === undefined ? {} : { checkout }),
    });

/** Load that nobody measures. */
export async function warmBroker(bench: Bench): Promise<void> {
  const { rates, seconds } = bench.options;
  bench.say('warming the broker up');
  const load = { rate: Math.max(...rates), seconds: WARM_BROKER * seconds };
  await latencies(bench, { ...load, start: startOurs(bench) });
}

export const latency: Scenario = {
  name: 'latency',
  title: 'Latency, planned send to visible alert',
  run: async (bench) => {
    const { rates, repetitions, seconds, against } = bench.options;
    const figures: Figure[] = [];
    await warmBroker(bench);
    for (const rate of rates) {
      const turns = new Map<string | undefined, (readonly number[])[]>([[undefined, []]]);
      if (against !== undefined) turns.set(against, []);
      for (let i = 0; i < repetitions; i++)
        for (const [checkout, runs] of turns)
          runs.push(await latencies(bench, { rate, seconds, start: startOurs(bench, checkout) }));
      for (const [checkout, runs] of turns) {
        const of = checkout === undefined ? '' : ', the other checkout';
        const made = latencyFigures(`${rate.toLocaleString('en')} records/s${of}`, runs);
        for (const { name, samples } of made)
          bench.say(`${name}: ${samples.map((ms) => ms.toFixed(1)).join(' ')} ms`);
        figures.push(...made);
      }
    }
    return figures;
  },
};
