import { setTimeout as pause } from 'node:timers/promises';
import { TOPIC } from '../../schemas/topics.ts';
import type { Figure } from '../measure.ts';
import { AlertWatch, type SeenAlert } from './alert-watch.ts';
import { startFeed } from './feed.ts';
import { warmBroker } from './latency.ts';
import { WorkerProcess } from './product.ts';
import { type Bench, freshName, type Scenario } from './scenario.ts';

/** Enough for an alert on every partition each few hundredths of a second: each record changes one. */
const RATE = 300;
const LONGEST_MS = 60_000;

interface Recovered {
  /** From the kill to the first alert that a partition of the victim gives again. */
  readonly firstMs: number;
  /** And to the first of the last of its partitions. */
  readonly allMs: number;
  /** The longest that an alert was late, planned send to visible. */
  readonly longestMs: number;
}

/** Partitions of the topic between the sub-topologies that a worker owns: whoever restored one last. */
function owned(worker: WorkerProcess, others: readonly WorkerProcess[], count: number): number[] {
  const last = (of: WorkerProcess, partition: number): number =>
    of.restored.findLast(({ task }) => task === `1_${partition}`)?.seen ?? 0;
  return Array.from({ length: count }, (_, partition) => partition).filter((partition) =>
    others.every((other) => last(worker, partition) > last(other, partition)),
  );
}

async function recovered(
  watch: AlertWatch,
  killed: number,
  partitions: readonly number[],
): Promise<Recovered> {
  const firstOf = (alerts: readonly SeenAlert[], partition: number): number | undefined =>
    alerts.find((alert) => alert.partition === partition && alert.made > killed)?.seen;
  for (;;) {
    await pause(1_000);
    const alerts = watch.alerts;
    const firsts = partitions.map((partition) => firstOf(alerts, partition));
    if (!firsts.includes(undefined)) {
      // What was held up is worked off before the longest is known.
      await pause(3_000);
      const times = firsts.map((seen) => (seen ?? 0) - killed);
      const late = watch.alerts.filter(({ planned }) => planned > killed - 5_000);
      return {
        firstMs: Math.min(...times),
        allMs: Math.max(...times),
        longestMs: Math.max(...late.map(({ seen, planned }) => seen - planned)),
      };
    }
    if (Date.now() - killed > LONGEST_MS)
      throw new Error(`No alert of all of ${partitions.join(', ')} again.`);
  }
}

async function recoveries(bench: Bench): Promise<Figure[]> {
  const { cluster, options, say } = bench;
  await warmBroker(bench);
  await cluster.empty(...Object.values(TOPIC));
  const application = freshName('recovery');
  const start = (slot: string): WorkerProcess =>
    new WorkerProcess({ application, slot, variables: cluster.forProduct });
  const survivor = start('w0');
  let victim = start('w1');
  const endFeed = startFeed(cluster, { rate: RATE, every: 1 });
  const samples = new Map<string, number[]>();
  const note = (name: string, { firstMs, allMs, longestMs }: Recovered): void => {
    for (const [what, ms] of [
      ['first alert of a partition of the victim', firstMs],
      ['first alert of all its partitions', allMs],
      ['longest delay of an alert', longestMs],
    ] as const) {
      samples.set(`${name}: ${what}`, [...(samples.get(`${name}: ${what}`) ?? []), ms]);
      say(`${name}: ${what}: ${ms.toFixed(0)} ms`);
    }
  };
  for (let i = 0; i < options.repetitions; i++) {
    for (const inPlace of [false, true]) {
      await pause(15_000);
      const watch = await AlertWatch.start(cluster);
      await pause(2_000);
      const partitions = owned(victim, [survivor], options.partitions);
      if (partitions.length === 0) throw new Error('The victim owns no partition.');
      const killed = Date.now();
      await victim.kill();
      if (inPlace) victim = start('w1');
      note(inPlace ? 'restarted in place' : 'killed', await recovered(watch, killed, partitions));
      if (!inPlace) victim = start('w1');
      await watch.stop();
    }
  }
  await endFeed();
  await Promise.all([survivor.stop(), victim.stop()]);
  return [...samples].map(([name, values]) => ({ name, unit: 'ms', samples: values }));
}

export const recovery: Scenario = { name: 'recovery', title: 'Recovery after kill -9', run: recoveries };
