import { setTimeout as pause } from 'node:timers/promises';
import { TOPIC } from '../../schemas/topics.ts';
import type { Figure } from '../measure.ts';
import { AlertWatch, type SeenAlert } from './alert-watch.ts';
import { startFeed } from './feed.ts';
import { latencyFigures } from './percentiles.ts';
import { WorkerProcess } from './product.ts';
import { type Bench, freshName, type Scenario } from './scenario.ts';

/** Load before the measured part. */
const WARM_MS = 15_000;
const LONGEST_MS = 30_000;
/** One record in twenty changes an alert: far more than on a ward, and enough to see a p99.9. */
const EVERY = 20;

/** Milliseconds from the planned time of each record that changed an alert until a subscriber had that alert. */
async function latencies(bench: Bench, rate: number, checkout?: string): Promise<readonly number[]> {
  const { cluster, options } = bench;
  await cluster.empty(...Object.values(TOPIC));
  const application = freshName('latency');
  const worker = new WorkerProcess({
    application,
    slot: 'w0',
    variables: cluster.forProduct,
    ...(checkout === undefined ? {} : { checkout }),
  });
  const watch = await AlertWatch.start(cluster);
  const endFeed = startFeed(cluster, { rate, every: EVERY });
  await pause(WARM_MS);
  const from = Date.now();
  const to = from + options.seconds * 1_000;
  await pause(to - from);
  worker.assertAlive();
  const wanted = (options.seconds * rate) / EVERY;
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

export const latency: Scenario = {
  name: 'latency',
  title: 'Latency, planned send to visible alert',
  run: async (bench) => {
    const { rates, repetitions, against } = bench.options;
    const figures: Figure[] = [];
    for (const rate of rates) {
      const turns = new Map<string | undefined, (readonly number[])[]>([[undefined, []]]);
      if (against !== undefined) turns.set(against, []);
      for (let i = 0; i < repetitions; i++)
        for (const [checkout, runs] of turns) runs.push(await latencies(bench, rate, checkout));
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
