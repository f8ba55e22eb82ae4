import { setTimeout as pause } from 'node:timers/promises';
import { TOPIC } from '../../schemas/topics.ts';
import type { Figure } from '../measure.ts';
import { fill } from './load.ts';
import { WorkerProcess } from './product.ts';
import { redisCommands } from './redis-commands.ts';
import { type Bench, freshName, type Scenario } from './scenario.ts';

/** A value every four hours: 8 of them are held of each patient, for 6 h of window and 24 h of lateness. */
const INTERVAL = 240;
const VALUES = 8;
/** So long after its work a worker has given back what it does not need. */
const REST_MS = 5_000;

interface Restart {
  readonly restoreMs: number;
  readonly readyMs: number;
  readonly replayed: number;
}

/** Waits until a worker that came back has all of its state. */
async function restarted(worker: WorkerProcess, held: number, tasks: number): Promise<Restart> {
  while (worker.restored.length < tasks) {
    worker.assertAlive();
    await pause(20);
  }
  const readyMs = Date.now() - worker.began;
  const sum = (of: 'entries' | 'replayed'): number =>
    worker.restored.reduce((total, task) => total + task[of], 0);
  const [entries, replayed] = [sum('entries'), sum('replayed')];
  // What the snapshot lacks is in what was replayed.
  if (entries < held && replayed === 0)
    throw new Error(`${entries} entries were restored, of ${held} patients.`);
  // Several tasks are restored side by side: from the first that was begun to the last that was done.
  const begun = Math.min(...worker.restored.map(({ seen, milliseconds }) => seen - milliseconds));
  const done = Math.max(...worker.restored.map(({ seen }) => seen));
  return { restoreMs: done - begun, readyMs, replayed };
}

async function restarts(bench: Bench): Promise<Figure[]> {
  const { cluster, options, say } = bench;
  const { held, repetitions, partitions } = options;
  const records = held * VALUES;
  const application = freshName('restart');
  const start = (): WorkerProcess =>
    new WorkerProcess({ application, slot: 'w0', variables: cluster.forProduct });
  await cluster.empty(...Object.values(TOPIC));
  await cluster.redis('CONFIG RESETSTAT');
  let worker = start();
  say(`${records} records of ${held} patients`);
  await fill(cluster.driver, { records, patients: held, interval: INTERVAL });
  await cluster.drained(application, [worker]);
  const commands = redisCommands(await cluster.redis('INFO commandstats'));
  const samples = new Map<string, { readonly unit: string; readonly values: number[] }>();
  const note = (name: string, unit: string, value: number): void => {
    const of = samples.get(name) ?? { unit, values: [] };
    samples.set(name, of);
    of.values.push(value);
    say(`${name}: ${value.toFixed(2)} ${unit}`);
  };
  const of = `${held.toLocaleString('en')} patients`;
  const redis = 'Redis per 1,000 records';
  note(`${redis}, sent by the worker`, 'operations', (commands.sent * 1_000) / records);
  note(`${redis}, inside scripts too`, 'operations', (commands.all * 1_000) / records);
  note(`PSS, ${of}`, 'MB', worker.pss() / 1e6);
  await pause(REST_MS);
  note(`PSS, ${of}, at rest`, 'MB', worker.pss() / 1e6);
  const per = 100_000 / held;
  for (let i = 0; i < repetitions; i++) {
    await worker.stop();
    worker = start();
    const clean = await restarted(worker, held, partitions);
    note(`restore behind a clean end, ${of}, per 100,000`, 'ms', clean.restoreMs * per);
    note(`start of the process until all is restored, ${of}`, 'ms', clean.readyMs);
    await pause(REST_MS);
    note(`PSS, restarted, ${of}`, 'MB', worker.pss() / 1e6);
    await worker.kill();
    worker = start();
    const killed = await restarted(worker, held, partitions);
    note(`restore behind kill -9, ${of}, per 100,000`, 'ms', killed.restoreMs * per);
    await pause(1_000);
  }
  await worker.stop();
  return [...samples].map(([name, { unit, values }]) => ({ name, unit, samples: values }));
}

export const restart: Scenario = { name: 'restart', title: 'Restart and memory', run: restarts };
