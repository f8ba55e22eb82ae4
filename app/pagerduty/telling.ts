import type { Suppression } from '../../connectors/pagerduty/patient-pages.ts';
import type { PagerDutyTelemetry } from '../../connectors/pagerduty/telemetry.ts';
import type { SinkMetrics } from '../metrics/sink-metrics.ts';
import type { logLines } from '../run/log-lines.ts';

/** Counts what the sink tells, and logs what somebody should look at: codes, statuses and numbers alone. */
export class Telling implements PagerDutyTelemetry {
  readonly metrics: SinkMetrics;
  readonly say: ReturnType<typeof logLines>['say'];

  constructor(metrics: SinkMetrics, say: ReturnType<typeof logLines>['say']) {
    this.metrics = metrics;
    this.say = say;
  }

  delivered(kind: 'trigger' | 'resolve'): void {
    this.metrics.counted('delivered', kind);
  }

  suppressed(reason: Suppression): void {
    this.metrics.counted('suppressed', reason);
  }

  refused(kind: 'trigger' | 'resolve', status: number): void {
    this.metrics.counted('refused', kind);
    this.say('refused', { kind, status });
  }

  responded(kind: 'acknowledged' | 'resolved'): void {
    this.metrics.counted('responded', kind);
  }

  retrying(code: string, why: string): void {
    this.metrics.retried(code);
    this.say('retrying', { code, ...(why === '' ? {} : { why }) });
  }

  deadLettered(reason: string): void {
    this.metrics.counted('dead-letter', reason);
    this.say('dead-letter', { step: 'pagerduty', reason });
  }
}
