import { createHmac, randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import { alertOf, HOUR } from '../../connectors/pagerduty/alerts.ts';
import type { Incident } from '../../servers/pagerduty/incidents.ts';
import { PagerDutyServer } from '../../servers/pagerduty/pagerduty-server.ts';
import { useServer } from '../../servers/use-server.ts';
import type { RunProcess } from '../run/run-process.ts';
import { SinkStack } from '../sinks/sink-stack.ts';

export const ROUTING_KEY: string = 'r'.repeat(32);
export const SECRET = 'whsec-of-the-test';
/** Calls a minute: the limit is tried in virtual time elsewhere. */
const RATE = 100_000;

/** Kafka, a Schema Registry and a PagerDuty, for the tests of one file. */
export class PagingStack extends SinkStack {
  readonly #server = useServer(() => PagerDutyServer.start({ keys: [ROUTING_KEY], rate: RATE }));

  constructor() {
    super('pagerduty');
  }

  get server(): PagerDutyServer {
    return this.#server();
  }

  get paging(): Readonly<Record<string, string>> {
    return {
      PAGERDUTY_URL: this.server.url,
      PAGERDUTY_CA_FILE: this.server.ca,
      PAGERDUTY_API_KEY: ROUTING_KEY,
      PAGERDUTY_RATE: String(RATE),
    };
  }

  /** The sink under a slot. */
  pagerduty(environment: Readonly<Record<string, string>> = {}, ...more: readonly string[]): RunProcess {
    onTestFinished(() => {
      this.server.faults = () => undefined;
    });
    return this.begin(['pagerduty', '--slot', 'a', ...more], { ...this.paging, ...environment });
  }

  /** Incidents of these alerts, in the order in which they were opened. */
  incidentsOf(...alerts: readonly SepsisAlert[]): readonly Incident[] {
    const ids = new Set(alerts.map(({ alertId }) => alertId));
    return this.server.incidents.all.filter(({ key }) => ids.has(key.split(':', 1)[0] ?? ''));
  }
}

/** An alert of a patient whom no other test knows, raised now. */
export function freshAlert(own: Partial<SepsisAlert> = {}): SepsisAlert {
  const alertId = randomBytes(32).toString('hex');
  const now = Date.now();
  return alertOf({
    alertId,
    patient: `https://ehr.example.org/fhir/Patient/${alertId.slice(0, 12)}`,
    start: now,
    end: now + 6 * HOUR,
    windowStart: now - 6 * HOUR,
    windowEnd: now,
    eventTime: now,
    arrivalTime: now,
    processingTime: now,
    ...own,
  });
}

export const worse = (alert: SepsisAlert): SepsisAlert => ({
  ...alert,
  status: 'ESCALATED',
  reason: 'SCORE_RISE',
  score: 3,
  peak: 3,
});

export const over = (alert: SepsisAlert): SepsisAlert => ({
  ...alert,
  status: 'RESOLVED',
  reason: 'WINDOW_EMPTIED',
});

/** A webhook as PagerDuty sends it when somebody acknowledges an incident, with its signature. */
export function acknowledgement(
  key: string,
  secret: string,
): { readonly body: string; readonly headers: Record<string, string> } {
  const body = JSON.stringify({
    event: {
      id: '5ac64822-4adc-4fda-ade0-410becf0de4f',
      event_type: 'incident.acknowledged',
      resource_type: 'incident',
      occurred_at: new Date().toISOString(),
      agent: { id: 'PLH1HKV', type: 'user_reference', summary: 'Tenex Engineer' },
      data: { id: 'PGR0VU2', type: 'incident', status: 'acknowledged', incident_key: key, title: 'x' },
    },
  });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return {
    body,
    headers: { 'content-type': 'application/json', 'x-pagerduty-signature': `v1=${signature}` },
  };
}
