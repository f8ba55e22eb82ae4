import type { FhirConnection } from '../../connectors/ehr/connection.ts';
import { PageSink } from '../../connectors/ehr/page-sink.ts';
import type { Planning } from '../../connectors/ehr/server.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import type { SinkWorker } from '../../connectors/sink/sink-worker.ts';
import type { AuditEvent } from '../../schemas/generated/audit-event.ts';
import type { Topics } from '../../schemas/topics.ts';
import { hours } from '../../topology/model/time.ts';
import type { SecondContext } from '../sinks/run-sink.ts';
import { workerOf } from '../sinks/worker-of.ts';
import type { EhrSettings } from './ehr-settings.ts';

/** An alert comes a while after its patient, for whom it waits itself. */
const BEYOND_PATIENT = hours(1);

/** What writes the Communications of pages: a group of its own on the audit trail. */
export function pagesWorker(
  { options, fhir }: EhrSettings,
  context: SecondContext,
  {
    connection,
    planning,
    topics,
  }: {
    readonly connection: FhirConnection;
    readonly planning: Planning;
    readonly topics: Topics;
  },
): SinkWorker<AuditEvent> {
  const { telling } = context;
  const retrying = (code: string): void => telling.retrying(code);
  const sink = new PageSink({
    connection,
    planning,
    clock: systemClock,
    chance: Math.random,
    alertWait: fhir.patientWait + BEYOND_PATIENT,
    retrying,
    told: (written) => telling.metrics.counted(written === 'written' ? 'delivered' : 'refused', 'page'),
  });
  return workerOf(sink, topics.audit, options, context);
}
