import { FhirConnection } from '../../connectors/ehr/connection.ts';
import { EhrSink } from '../../connectors/ehr/ehr-sink.ts';
import { type Planning, prepared } from '../../connectors/ehr/server.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../connectors/platformatic/driver.ts';
import { schemaRegistry } from '../../connectors/schema-registry/schema-registry.ts';
import { SinkWorker } from '../../connectors/sink/sink-worker.ts';
import { pseudonymOf } from '../../operators/audit-of.ts';
import { screeningRules } from '../../operators/screening-rules.ts';
import { bindCodecs } from '../../schemas/codecs/bind.ts';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { TOPIC, topicsOf } from '../../schemas/topics.ts';
import { isStreamsError } from '../../topology/model/errors.ts';
import { Patience } from '../../topology/runtime/patience.ts';
import type { CommandIo } from '../commands/command.ts';
import { reportFailure } from '../commands/failure.ts';
import { logLines } from '../run/log-lines.ts';
import { listenToSignals } from '../run/signals.ts';
import { supervise } from '../run/supervise.ts';
import type { EhrSettings } from './ehr-settings.ts';

/** As long as a container is given to end. */
const LONGEST_END = 30_000;

type Log = ReturnType<typeof logLines>;

/** Writes back until it is told to end; resolves to the exit code. */
export async function ehr(settings: EhrSettings, io: CommandIo): Promise<number> {
  const { application, slot } = settings.options;
  const group = `${application}-ehr`;
  const log = logLines(io.stderr, { slot, application: group });
  const signals = listenToSignals((signal) => log.say('stopping', { signal }));
  const connection = new FhirConnection(settings.fhir);
  const driver = new PlatformaticDriver(settings.kafka, systemClock);
  let worker: SinkWorker<SepsisAlert> | undefined;
  const work = async (): Promise<void> => {
    const planning = await preparedOrTold(connection, settings, log, signals.first);
    if (planning === undefined) return;
    worker = await workerOf(settings, group, driver, connection, planning, log);
    // Told to end before there was anything to end.
    if (signals.first.aborted) return;
    log.say('started', { resources: [...planning.plan.ways.keys()].join(',') });
    await worker.run();
  };
  try {
    const ended = work().then(
      () => 0,
      (error: unknown) => reportFailure(error, io),
    );
    const one = {
      slot,
      ended: ended.then((code) => {
        log.say('ended', { code });
        return code;
      }),
      stop: (): void => void worker?.stop(),
      abort: () => Promise.resolve(),
    };
    return await supervise([one], signals, LONGEST_END);
  } finally {
    signals.close();
    connection.close();
    void driver.close().catch(() => {});
  }
}

/** A server that does not answer is waited for; undefined: nobody wants it any more. */
async function preparedOrTold(
  connection: FhirConnection,
  { fhir }: EhrSettings,
  { telemetry }: Log,
  signal: AbortSignal,
): Promise<Planning | undefined> {
  const patience = new Patience(systemClock, telemetry);
  try {
    return await patience.until(
      () => prepared(connection, fhir.resources, signal),
      () => signal.aborted,
    );
  } catch (error) {
    if (signal.aborted && !isStreamsError(error)) return undefined;
    throw error;
  }
}

async function workerOf(
  { options, registry, fhir }: EhrSettings,
  group: string,
  driver: PlatformaticDriver,
  connection: FhirConnection,
  planning: Planning,
  { say, telemetry }: Log,
): Promise<SinkWorker<SepsisAlert>> {
  const topics = topicsOf(await bindCodecs(schemaRegistry({ ...registry, clock: systemClock })));
  const retrying = (code: string): void => telemetry.retrying?.(code);
  // The same as the topology's: one patient has one pseudonym in the audit trail.
  const { pseudonymSecret } = screeningRules();
  const sink = new EhrSink({
    connection,
    planning,
    bases: fhir.bases,
    clock: systemClock,
    chance: Math.random,
    patientWait: fhir.patientWait,
    retrying,
    audit: topics.audit,
    pseudonymOf: (patient) => pseudonymOf(pseudonymSecret, patient),
    told: (what) => say('alert', { what }),
  });
  return new SinkWorker({
    driver,
    clock: systemClock,
    sink,
    topic: topics.alerts,
    application: group,
    slot: options.slot,
    deadLetters: TOPIC.deadLetters,
    ...(options.from === undefined ? {} : { from: options.from }),
    retrying,
    deadLettered: (reason) => say('dead-letter', { step: 'ehr', reason }),
    chance: Math.random,
  });
}
