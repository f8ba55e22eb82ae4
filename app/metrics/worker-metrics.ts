import { performance } from 'node:perf_hooks';
import { ERRORS } from '../../topology/model/errors.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { Stall, Telemetry } from '../../topology/ports/telemetry.ts';
import type { WorkerReport } from '../health/worker-report.ts';
import { EngineMetrics } from './engine-metrics.ts';
import { Trouble } from './trouble.ts';
import { VerdictCounts } from './verdict-counts.ts';

/** What is asked of a worker when its report is made. */
export interface ReportedWorker {
  readonly live: boolean;
  readonly tasks: readonly {
    readonly id: string;
    /** Whether `topic/partition` is input of the task. */
    reads(at: string): boolean;
    readonly stores: ReadonlyMap<string, { readonly size: number }>;
  }[];
}

/** Counts what one worker tells, in whatever thread it runs, and makes its reports. */
export class WorkerMetrics {
  readonly #slot: string;
  readonly #clock: Clock;
  readonly #metrics = new EngineMetrics();
  readonly #ignored = new VerdictCounts();
  readonly #dead = new VerdictCounts();
  readonly #trouble = new Trouble();
  /** Codes of what parked partitions wait for. */
  readonly #parked = new Map<string, string>();
  /** What has stalled, by partition; '' is the worker as a whole. */
  readonly #stalls = new Map<string, Stall>();
  /** Records that restores have yet to replay, by task. */
  readonly #restoring = new Map<string, number>();
  /** What to hand to the engine. */
  readonly telemetry: Required<Telemetry>;

  constructor(slot: string, clock: Clock) {
    this.#slot = slot;
    this.#clock = clock;
    const metrics = this.#metrics;
    this.telemetry = {
      consumed: (topic, records) => metrics.processed.inc({ topic }, records),
      ignored: (step, reason) => this.#ignored.add(step, reason),
      deadLettered: (step, reason) => this.#dead.add(step, reason),
      produced: (topic, records) => metrics.produced.inc({ topic }, records),
      committed: (records, milliseconds) => {
        metrics.committed.inc(records);
        metrics.commitLatency.observe(milliseconds / 1_000);
        metrics.lastCommit.set({ slot }, clock.now() / 1_000);
        this.#trouble.committed();
      },
      latency: (topic, milliseconds) => metrics.e2eLatency.observe({ topic }, milliseconds / 1_000),
      aborted: (reason) => metrics.aborted.inc({ reason: codeOf(reason) }),
      began: (topic, _partition, offset, instead) =>
        metrics.lost.inc({ topic }, instead === undefined ? 0 : Math.max(0, offset - instead)),
      restoring: (task, remaining) => this.#restoring.set(task, remaining),
      restored: (task, entries, replayed, milliseconds) => {
        this.#restoring.delete(task);
        metrics.restoredEntries.inc(entries);
        metrics.restoredRecords.inc(replayed);
        metrics.restoreLatency.observe(milliseconds / 1_000);
      },
      degraded: () => metrics.degraded.inc(),
      parked: (topic, partition, code) => this.#parked.set(`${topic}/${partition}`, codeOf(code)),
      unparked: (topic, partition) => this.#parked.delete(`${topic}/${partition}`),
      retrying: (code) => {
        metrics.retried.inc({ code: codeOf(code) });
        this.#trouble.retried(codeOf(code), clock.now());
      },
      stalled: (stall) => this.#stalls.set(stall.partition ?? '', stall),
      recovered: (partition = '') => this.#stalls.delete(partition),
      snapshotFailed: (_task, error) => metrics.snapshotsFailed.inc({ error: codeOf(error) }),
    };
  }

  /** How the worker does now, and all that was counted since it began. */
  async report(worker: ReportedWorker): Promise<WorkerReport> {
    const { live, tasks } = worker;
    this.#forget(tasks);
    const failing = this.#trouble.at(this.#clock.now());
    const [first] = this.#stalls.values();
    const stalled = failing ?? whyOf(this.#stalls.get('') ?? first);
    const [parked] = this.#parked.values();
    this.#ignored.take((labels, count) => this.#metrics.ignored.inc(labels, count));
    this.#dead.take((labels, count) => this.#metrics.deadLettered.inc(labels, count));
    this.#gauge(worker, failing !== undefined || this.#stalls.has(''));
    const metrics = await this.#metrics.registry.getMetricsAsJSON();
    return { slot: this.#slot, live, tasks: tasks.length, stalled, parked, metrics };
  }

  /** What was told of tasks that are another worker's now is no news of this one. */
  #forget(tasks: ReportedWorker['tasks']): void {
    for (const id of this.#restoring.keys())
      if (!tasks.some((task) => task.id === id)) this.#restoring.delete(id);
    for (const at of this.#parked.keys()) if (!tasks.some((task) => task.reads(at))) this.#parked.delete(at);
    for (const at of this.#stalls.keys())
      if (at !== '' && !tasks.some((task) => task.reads(at))) this.#stalls.delete(at);
  }

  #gauge({ live, tasks }: ReportedWorker, stalled: boolean): void {
    const slot = this.#slot;
    const metrics = this.#metrics;
    metrics.live.set({ slot }, live ? 1 : 0);
    metrics.stalled.set({ slot }, stalled ? 1 : 0);
    metrics.stalledPartitions.reset();
    for (const [at, { cause }] of this.#stalls) if (at !== '') metrics.stalledPartitions.inc({ slot, cause });
    metrics.parked.set({ slot }, this.#parked.size);
    metrics.ownedTasks.set({ slot }, tasks.length);
    metrics.restoreRemaining.set({ slot }, sum(this.#restoring.values()));
    metrics.storeKeys.reset();
    for (const { stores } of tasks)
      for (const [store, { size }] of stores) metrics.storeKeys.inc({ slot, store }, size);
    metrics.loopActive.set({ slot }, performance.eventLoopUtilization().active / 1_000);
    const { heapUsed, external } = process.memoryUsage();
    metrics.heapUsed.set({ slot }, heapUsed);
    metrics.external.set({ slot }, external);
  }
}

const sum = (numbers: Iterable<number>): number => {
  let total = 0;
  for (const n of numbers) total += n;
  return total;
};

/** What it fails with, or else what it is at. */
const whyOf = (stall: Stall | undefined): string | undefined => stall?.code ?? stall?.cause;

/** What the engine says beside the codes of the table of errors. */
const SAID = new Set(['not-assigned', 'revoke-timeout', 'refused', 'unexpected']);

/** A code of the table; whatever else an error may be called is `other`. */
const codeOf = (said: string): string => (Object.hasOwn(ERRORS, said) || SAID.has(said) ? said : 'other');
