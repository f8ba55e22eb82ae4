import type { PagerDutyTelemetry } from '../../connectors/pagerduty/telemetry.ts';
import type { SinkTelling } from '../sinks/sink-telling.ts';

/** Counts what the pages come to, and logs what somebody should look at. */
export const pagerDutyTelemetry = (telling: SinkTelling): PagerDutyTelemetry => ({
  delivered: (kind) => telling.metrics.counted('delivered', kind),
  suppressed: (reason) => telling.metrics.counted('suppressed', reason),
  refused: (kind, status) => {
    telling.metrics.counted('refused', kind);
    telling.say('refused', { kind, status });
  },
  responded: (kind) => telling.metrics.counted('responded', kind),
  retrying: (code, why) => telling.retrying(code, why),
});
