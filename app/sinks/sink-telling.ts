import type { Telemetry } from '../../topology/ports/telemetry.ts';
import { silent } from '../../topology/ports/telemetry.ts';
import type { SinkMetrics } from '../metrics/sink-metrics.ts';
import type { Say } from '../run/log-lines.ts';

/** Counts what a sink tells, and logs what somebody should look at: codes, statuses and numbers alone. */
export class SinkTelling {
  readonly metrics: SinkMetrics;
  readonly say: Say;
  /** For what tells as the engine does. */
  readonly telemetry: Telemetry;
  readonly #sink: string;

  constructor(sink: string, metrics: SinkMetrics, say: Say) {
    this.#sink = sink;
    this.metrics = metrics;
    this.say = say;
    this.telemetry = { ...silent, retrying: (code) => this.retrying(code) };
  }

  /** Something outside failed and is tried again; `why`: a status, or a code of Node. */
  retrying(code: string, why = ''): void {
    this.metrics.retried(code);
    this.say('retrying', { code, ...(why === '' ? {} : { why }) });
  }

  deadLettered(reason: string): void {
    // Behind the first word stands what the other side called it.
    this.metrics.counted('dead-letter', reason.split(' ', 1)[0] ?? reason);
    this.say('dead-letter', { step: this.#sink, reason });
  }
}
