import { type Duration, seconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { WorkerReport } from './worker-report.ts';

/** One thing that must be so, and why it is not. */
export interface Check {
  readonly check: string;
  readonly ok: boolean;
  /** A word for programs; undefined when it is so. */
  readonly reason?: string;
  /** Code of the table of errors, or what is waited for, where there is one. */
  readonly code?: string;
}

type Fault = Pick<Check, 'reason' | 'code'>;

interface Standing {
  report: WorkerReport | undefined;
  /** When it came. Before the first one a worker waits for what is outside, which is no reason to start it anew. */
  heard: number;
  ended: boolean;
}

/**
 * A worker reports every second. One that says nothing for so long hangs in a step or in the collector: longer than any
 * batch, and shorter than an operator waits before looking.
 */
const SILENCE: Duration = seconds(30);

/** What is known of the workers of this process, in whatever threads they run. */
export class Workers {
  readonly #clock: Clock;
  readonly #standings: ReadonlyMap<string, Standing>;
  #stopping = false;

  /** Waits to hear of a worker in each of the slots. */
  constructor(slots: readonly string[], clock: Clock) {
    this.#clock = clock;
    this.#standings = new Map(slots.map((slot) => [slot, { report: undefined, heard: 0, ended: false }]));
  }

  /** A report has come, from this thread or from another. */
  heard(report: WorkerReport): void {
    const standing = this.#standings.get(report.slot);
    if (standing === undefined) return;
    standing.report = report;
    standing.heard = this.#clock.now();
  }

  /** A worker has ended, in whatever way. */
  ended(slot: string): void {
    const standing = this.#standings.get(slot);
    if (standing !== undefined) standing.ended = true;
  }

  /** The process was told to end: it takes on nothing more, and lives until it is done. */
  stopping(): void {
    this.#stopping = true;
  }

  /** Whether the process should go on; what is away outside of it is no reason to start it anew. */
  get live(): readonly Check[] {
    return this.#checks((standing) => this.#dead(standing));
  }

  /** Whether it does its work. */
  get ready(): readonly Check[] {
    const checks = this.#checks((standing) => this.#dead(standing) ?? idle(standing));
    return this.#stopping ? [{ check: 'process', ok: false, reason: 'stopping' }, ...checks] : checks;
  }

  /** The newest report of each worker that was heard of. */
  get reports(): readonly WorkerReport[] {
    return [...this.#standings.values()].flatMap(({ report }) => report ?? []);
  }

  #checks(faultOf: (standing: Standing) => Fault | undefined): Check[] {
    return [...this.#standings].map(([slot, standing]) => {
      const fault = faultOf(standing);
      return { check: `worker ${slot}`, ok: fault === undefined, ...fault };
    });
  }

  #dead({ report, ended, heard }: Standing): Fault | undefined {
    // One that ended as it was told to is no reason to end the process before the others are done.
    if (ended) return this.#stopping ? undefined : { reason: 'ended' };
    const silent = report !== undefined && this.#clock.now() - heard > SILENCE;
    return silent ? { reason: 'silent' } : undefined;
  }
}

function idle({ report, ended }: Standing): Fault | undefined {
  if (ended) return { reason: 'ended' };
  if (report === undefined) return { reason: 'starting' };
  if (report.stalled !== undefined) return { reason: 'stalled', code: report.stalled };
  if (!report.live) return { reason: 'restoring' };
  if (report.parked !== undefined) return { reason: 'parked', code: report.parked };
  return undefined;
}
