import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds: from a commit of an idle worker to one that the broker held up until its time-out. */
const COMMIT_BUCKETS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Seconds: from below the goal of the whole way to an outage of a day. */
const E2E_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3_600, 86_400];
/** Seconds: from an empty task to one that is rebuilt from weeks of log. */
const RESTORE_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900];

/**
 * What one worker tells, in Kafka Streams' words and Prometheus' units. Counters and histograms bear no name of the worker: those
 * of all workers add up. Gauges bear its slot. Labels hold names of topics, steps, stores and slots, and codes, nothing else.
 */
export class EngineMetrics {
  readonly registry: Registry = new Registry();

  readonly processed: Counter<'topic'> = this.#counter(
    'process_records_total',
    'Records processed; after an abort once more.',
    'topic',
  );
  readonly committed: Counter = this.#counter(
    'committed_records_total',
    'Records processed whose commit stands.',
  );
  readonly produced: Counter<'topic'> = this.#counter(
    'produced_records_total',
    'Records written by commits that stand.',
    'topic',
  );
  readonly ignored: Counter<'step' | 'reason'> = this.#counter(
    'ignored_records_total',
    'Records that are in order, but not for us.',
    'step',
    'reason',
  );
  readonly deadLettered: Counter<'step' | 'reason'> = this.#counter(
    'dead_letter_records_total',
    'Records written to the dead letters.',
    'step',
    'reason',
  );
  readonly commitLatency: Histogram = this.#histogram(
    'commit_latency_seconds',
    'Duration of a commit that stands.',
    COMMIT_BUCKETS,
  );
  readonly e2eLatency: Histogram<'topic'> = this.#histogram(
    'record_e2e_latency_seconds',
    'Age of the oldest record of a topic in a commit, once the commit stands.',
    E2E_BUCKETS,
    'topic',
  );
  readonly lost: Counter<'topic'> = this.#counter(
    'lost_records_total',
    'Records that the log let go of before they were read.',
    'topic',
  );
  readonly aborted: Counter<'reason'> = this.#counter(
    'aborted_commits_total',
    'Commits that failed, by the code of the error.',
    'reason',
  );
  readonly retried: Counter<'code'> = this.#counter(
    'retries_total',
    'Failures of something outside that are tried again.',
    'code',
  );
  readonly restoreLatency: Histogram = this.#histogram(
    'restore_latency_seconds',
    'Duration of the restore of a task.',
    RESTORE_BUCKETS,
  );
  readonly restoredEntries: Counter = this.#counter(
    'restored_entries_total',
    'Entries of the state that restores took from snapshots.',
  );
  readonly restoredRecords: Counter = this.#counter(
    'restored_records_total',
    'Records of the log that restores replayed.',
  );
  readonly degraded: Counter = this.#counter(
    'degraded_restores_total',
    'Restores that found less of the log than the state needs.',
  );
  readonly snapshotsFailed: Counter<'error'> = this.#counter(
    'snapshot_failures_total',
    'Snapshots that could not be read or written.',
    'error',
  );

  readonly live: Gauge<'slot'> = this.#gauge(
    'worker_live',
    '1 while it works on what the group gave it, with all state restored.',
    'slot',
  );
  readonly stalled: Gauge<'slot'> = this.#gauge(
    'worker_stalled',
    '1 while it gets nowhere as a whole: something outside fails again and again, or does not answer.',
    'slot',
  );
  readonly stalledPartitions: Gauge<'slot' | 'cause'> = this.#gauge(
    'stalled_partitions',
    'Partitions that have records and whose committed offset does not move, by what they wait for.',
    'slot',
    'cause',
  );
  readonly parked: Gauge<'slot'> = this.#gauge(
    'parked_partitions',
    'Partitions whose next record cannot be read yet.',
    'slot',
  );
  readonly ownedTasks: Gauge<'slot'> = this.#gauge(
    'owned_tasks',
    'Tasks that it owns: partitions of sub-topologies.',
    'slot',
  );
  readonly restoreRemaining: Gauge<'slot'> = this.#gauge(
    'restore_remaining_records',
    'Records of the log that its restores have yet to replay.',
    'slot',
  );
  readonly storeKeys: Gauge<'slot' | 'store'> = this.#gauge(
    'store_keys',
    'Keys in a store, such as patients, as committed.',
    'slot',
    'store',
  );
  readonly lastCommit: Gauge<'slot'> = this.#gauge(
    'last_commit_timestamp_seconds',
    'When its last commit stood, in Unix time.',
    'slot',
  );
  readonly loopActive: Gauge<'slot'> = this.#gauge(
    'worker_active_seconds',
    'Time for which its event loop was not idle, since it began.',
    'slot',
  );
  readonly heapUsed: Gauge<'slot'> = this.#gauge('worker_heap_used_bytes', 'Heap that it uses.', 'slot');
  readonly external: Gauge<'slot'> = this.#gauge(
    'worker_external_bytes',
    'Memory beside its heap, such as its state.',
    'slot',
  );

  #counter<L extends string>(name: string, help: string, ...labelNames: L[]): Counter<L> {
    return new Counter({ name: `sepsis_${name}`, help, labelNames, registers: [this.registry] });
  }

  #gauge<L extends string>(name: string, help: string, ...labelNames: L[]): Gauge<L> {
    return new Gauge({ name: `sepsis_${name}`, help, labelNames, registers: [this.registry] });
  }

  #histogram<L extends string>(
    name: string,
    help: string,
    buckets: number[],
    ...labelNames: L[]
  ): Histogram<L> {
    return new Histogram({ name: `sepsis_${name}`, help, buckets, labelNames, registers: [this.registry] });
  }
}
