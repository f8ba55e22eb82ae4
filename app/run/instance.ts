import { patients } from '../../connectors/files/patients.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../connectors/platformatic/driver.ts';
import type { Access } from '../../connectors/platformatic/wire.ts';
import { type RedisSnapshotOptions, RedisSnapshotStore } from '../../connectors/redis/snapshot-store.ts';
import { schemaRegistry } from '../../connectors/schema-registry/schema-registry.ts';
import { qsofa, type TriggerSemantic } from '../../operators/clinical/qsofa.ts';
import { type ScreeningRules, screeningRules } from '../../operators/screening-rules.ts';
import { bindCodecs } from '../../schemas/codecs/bind.ts';
import { TOPIC, topicsOf } from '../../schemas/topics.ts';
import type { Duration } from '../../topology/model/time.ts';
import { Worker } from '../../topology/runtime/worker.ts';
import { sepsis } from '../../topology/sepsis.ts';
import type { CommandIo } from '../commands/command.ts';
import type { RegistrySettings } from '../configuration/registry.ts';
import { logLines } from './log-lines.ts';

export interface InstanceSettings {
  readonly slot: string;
  readonly application: string;
  readonly screening: {
    readonly semantic: TriggerSemantic;
    readonly lateness: Duration;
    readonly base: string | undefined;
    /** File of Patient resources. */
    readonly patients: string | undefined;
  };
  readonly kafka: Access;
  readonly registry: RegistrySettings;
  readonly redis: RedisSnapshotOptions | undefined;
}

/** As long as a container is given to end. */
const LONGEST_END = 30_000;

async function rulesOf({
  semantic,
  lateness,
  base,
  patients: file,
}: InstanceSettings['screening']): Promise<ScreeningRules> {
  return screeningRules({
    rule: { ...qsofa, semantic },
    lateness,
    bases: base === undefined ? {} : { base },
    identifiers: file === undefined ? new Map() : await patients(file),
  });
}

/** One worker on a real cluster. Resolves to the exit code when a signal has ended it. @throws what ended it otherwise. */
export async function runInstance(settings: InstanceSettings, io: CommandIo): Promise<number> {
  const { slot, application, kafka, registry, redis } = settings;
  const log = logLines(io.stderr, { slot, application });
  const driver = new PlatformaticDriver(kafka, systemClock);
  const codecs = await bindCodecs(schemaRegistry({ ...registry, clock: systemClock }));
  const worker = new Worker({
    topology: sepsis(topicsOf(codecs), await rulesOf(settings.screening)),
    driver,
    clock: systemClock,
    ...(redis === undefined
      ? {}
      : {
          snapshots: new RedisSnapshotStore({
            ...redis,
            onUnreadable: (task, why) => log.say('snapshot-unreadable', { task, why }),
          }),
        }),
    application,
    slot,
    deadLetters: TOPIC.deadLetters,
    telemetry: log.telemetry,
  });
  const ended = Promise.withResolvers<number>();
  let signals = 0;
  const stop = (signal: string): void => {
    log.say('stopping', { signal });
    if (++signals > 1) ended.resolve(5);
    else setTimeout(() => ended.resolve(5), LONGEST_END).unref();
    worker.stop().then(() => ended.resolve(0), ended.reject);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal));
  log.say('started', {});
  worker.run().then(() => ended.resolve(0), ended.reject);
  const code = await ended.promise;
  if (code === 0) await driver.close();
  log.say('ended', { code });
  return code;
}
