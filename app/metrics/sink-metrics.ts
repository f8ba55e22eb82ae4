import { Counter, Gauge, Registry } from 'prom-client';
import { type Duration, seconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import { type LogEnds, partitionKey } from '../../topology/ports/kafka-driver.ts';
import type { WorkerReport } from '../health/worker-report.ts';
import { type ReadSoFar, Unread } from './unread.ts';

/** What is asked of a sink's worker when its report is made. */
export interface ReportedSink {
  readonly state: 'running' | 'paused' | 'joining';
  readonly undelivered: { readonly records: number; readonly oldest: number | undefined };
  readonly partitions: readonly ReadSoFar[];
}

/** Asks how far logs are written, and how far decided. */
export type EndsOf = (at: readonly ReadSoFar[]) => Promise<ReadonlyMap<string, LogEnds>>;

/** A side that is restarted is away for less. */
const PASSING: Duration = seconds(10);
/** Ends of logs are asked for less often than reports are made. */
const LAG_EVERY: Duration = seconds(5);

/**
 * Counts what one sink tells, and makes its reports. Labels hold the name of the sink, its slot, and codes, nothing else.
 */
export class SinkMetrics {
  readonly #sink: string;
  readonly #slot: string;
  readonly #clock: Clock;
  readonly registry: Registry = new Registry();
  readonly #deliveries: Counter<'sink' | 'outcome' | 'reason'> = new Counter({
    name: 'sepsis_sink_delivery_total',
    help: 'What became of alerts outside of Kafka.',
    labelNames: ['sink', 'outcome', 'reason'],
    registers: [this.registry],
  });
  readonly #retries: Counter<'sink' | 'code'> = new Counter({
    name: 'sepsis_sink_retries_total',
    help: 'Failures of something outside that are tried again.',
    labelNames: ['sink', 'code'],
    registers: [this.registry],
  });
  readonly #oldest = this.#gauge(
    'sepsis_sink_oldest_undelivered_seconds',
    'Age of the oldest alert that waits; 0 when none does.',
  );
  readonly #records = this.#gauge(
    'sepsis_sink_undelivered_records',
    'Alerts that were read and are not carried out.',
  );
  readonly #lag = this.#gauge('sepsis_sink_lag_records', 'Alerts in its partitions that are not committed.');
  /** What is tried again since when, and did not help yet. */
  #failing: { readonly code: string; readonly since: number } | undefined;
  #looked = Number.NEGATIVE_INFINITY;
  #over = 0;
  readonly #unread = new Unread();
  /** What it gets nothing more for, as of the last look. */
  #waiting: string | undefined;

  constructor(sink: string, slot: string, clock: Clock) {
    this.#sink = sink;
    this.#slot = slot;
    this.#clock = clock;
  }

  /** `reason` is a code; of what the other side accepted, what it was. */
  counted(
    outcome: 'delivered' | 'suppressed' | 'refused' | 'responded' | 'dead-letter',
    reason: string,
  ): void {
    this.#deliveries.inc({ sink: this.#sink, outcome, reason });
    if (outcome === 'delivered' || outcome === 'refused') this.#failing = undefined;
  }

  /** Something outside failed and is tried again; a code of the table of errors. */
  retried(code: string): void {
    this.#retries.inc({ sink: this.#sink, code });
    this.#failing ??= { code, since: this.#clock.now() };
  }

  /** How the sink does now, and all that was counted since it began. */
  async report(worker: ReportedSink, endsOf: EndsOf): Promise<WorkerReport> {
    const { state, undelivered, partitions } = worker;
    const labels = { sink: this.#sink, slot: this.#slot };
    const now = this.#clock.now();
    const { records, oldest = now } = undelivered;
    this.#records.set(labels, records);
    this.#oldest.set(labels, Math.max(0, now - oldest) / 1_000);
    const failed = this.#failing;
    const ends = await this.#ends(partitions, endsOf);
    if (ends !== undefined) {
      this.#lag.set(labels, lagOf(partitions, ends));
      const waiting = this.#unread.at(partitions, ends, now);
      // An alert that is read and waits for the other side holds the offset up too.
      this.#waiting = records === 0 && state === 'running' ? waiting : undefined;
    }
    const over = partitions.reduce((sum, { next }) => sum + next, 0);
    // It gets on, or has nothing to do and Kafka answers: what failed before is past.
    const idle = records === 0 && state === 'running' && ends !== undefined;
    if (over !== this.#over || (idle && this.#failing === failed)) this.#failing = undefined;
    this.#over = over;
    const failing = this.#failing;
    return {
      slot: this.#slot,
      live: state !== 'joining',
      tasks: partitions.length,
      stalled: failing !== undefined && now - failing.since > PASSING ? failing.code : this.#waiting,
      parked: undefined,
      metrics: await this.registry.getMetricsAsJSON(),
    };
  }

  /** Undefined: it is not the time to look, or nobody answers: then the last figure stands. */
  async #ends(
    partitions: ReportedSink['partitions'],
    endsOf: EndsOf,
  ): Promise<ReadonlyMap<string, LogEnds> | undefined> {
    const now = this.#clock.now();
    if (now - this.#looked < LAG_EVERY) return undefined;
    this.#looked = now;
    try {
      return await endsOf(partitions);
    } catch {
      // What piles up meanwhile is given its time.
      this.#unread.forget();
      this.#waiting = undefined;
      return undefined;
    }
  }

  #gauge(name: string, help: string): Gauge<'sink' | 'slot'> {
    return new Gauge({ name, help, labelNames: ['sink', 'slot'], registers: [this.registry] });
  }
}

/** What is written and not over, decided or not: behind a transaction that is open alerts wait as well. */
const lagOf = (partitions: readonly ReadSoFar[], ends: ReadonlyMap<string, LogEnds>): number =>
  partitions.reduce((sum, at) => sum + Math.max(0, (ends.get(partitionKey(at))?.written ?? 0) - at.next), 0);
