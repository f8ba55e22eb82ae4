import { FhirConnection } from '../../connectors/ehr/connection.ts';
import { EhrSink } from '../../connectors/ehr/ehr-sink.ts';
import { communicationPrepared, type Planning, prepared } from '../../connectors/ehr/server.ts';
import type { Written } from '../../connectors/ehr/write-alert.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { schemaRegistry } from '../../connectors/schema-registry/schema-registry.ts';
import { pseudonymOf } from '../../operators/audit-of.ts';
import { bindCodecs } from '../../schemas/codecs/bind.ts';
import { TOPIC, topicsOf } from '../../schemas/topics.ts';
import { Patience } from '../../topology/runtime/patience.ts';
import type { CommandIo } from '../commands/command.ts';
import { type MadeSink, runSink, type SinkContext } from '../sinks/run-sink.ts';
import type { SinkTelling } from '../sinks/sink-telling.ts';
import { workerOf } from '../sinks/worker-of.ts';
import type { EhrSettings } from './ehr-settings.ts';
import { pagesWorker } from './pages.ts';

const TOPICS = [TOPIC.alerts, TOPIC.audit, TOPIC.deadLetters];

/** Writes back until it is told to end; resolves to the exit code. @throws StreamsError of what is wrong before it begins. */
export function ehr(settings: EhrSettings, io: CommandIo): Promise<number> {
  const connection = new FhirConnection(settings.fhir);
  return runSink(
    {
      ...settings,
      name: 'ehr',
      topics: TOPICS,
      ...(settings.fhir.communication ? { second: 'pages' } : {}),
      // A server that does not answer is waited for.
      check: ({ telling, signal }) =>
        new Patience(systemClock, telling.telemetry).until(
          () => ready(connection, settings, signal),
          () => signal.aborted,
        ),
      make: (context, planning) => made(settings, context, connection, planning),
      close: () => connection.close(),
    },
    io,
  );
}

async function ready(
  connection: FhirConnection,
  { fhir }: EhrSettings,
  signal: AbortSignal,
): Promise<Planning> {
  const planning = await prepared(connection, fhir.resources, signal);
  if (fhir.communication) await communicationPrepared(connection, planning, signal);
  return planning;
}

async function made(
  settings: EhrSettings,
  context: SinkContext,
  connection: FhirConnection,
  planning: Planning,
): Promise<MadeSink> {
  const { options, registry, fhir, pseudonymSecret } = settings;
  const { telling, second } = context;
  const retrying = (code: string): void => telling.retrying(code);
  const topics = topicsOf(
    await bindCodecs(schemaRegistry({ ...registry, clock: systemClock, onRetrying: retrying })),
  );
  const sink = new EhrSink({
    connection,
    planning,
    bases: fhir.bases,
    clock: systemClock,
    chance: Math.random,
    patientWait: fhir.patientWait,
    retrying,
    audit: topics.audit,
    // The same as the topology's: one patient has one pseudonym in the audit trail.
    pseudonymOf: (patient) => pseudonymOf(pseudonymSecret, patient),
    told: (written) => count(telling, written),
  });
  const worker = workerOf(sink, topics.alerts, options, context);
  if (second === undefined) return { worker };
  return { worker, second: pagesWorker(settings, second, { connection, planning, topics }) };
}

function count({ metrics }: SinkTelling, written: Written['kind']): void {
  if (written === 'written') metrics.counted('delivered', 'alert');
  else if (written === 'older') metrics.counted('suppressed', 'older-than-held');
  else metrics.counted('refused', 'alert');
}
