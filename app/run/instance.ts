import { flushCompileCache } from 'node:module';
import { performance } from 'node:perf_hooks';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { schemaRegistry } from '../../connectors/schema-registry/schema-registry.ts';
import { qsofa } from '../../operators/clinical/qsofa.ts';
import { type ScreeningRules, screeningRules } from '../../operators/screening-rules.ts';
import { bindCodecs } from '../../schemas/codecs/bind.ts';
import { TOPIC, topicsOf } from '../../schemas/topics.ts';
import type { SnapshotStore } from '../../topology/ports/snapshot-store.ts';
import { StallWatch } from '../../topology/runtime/stall/stall-watch.ts';
import { Worker } from '../../topology/runtime/worker.ts';
import { sepsis } from '../../topology/sepsis.ts';
import type { CommandIo } from '../commands/command.ts';
import { reportFailure } from '../commands/failure.ts';
import type { WorkerReport } from '../health/worker-report.ts';
import { reportEverySecond } from '../metrics/reporting.ts';
import { tellBoth } from '../metrics/tell-both.ts';
import { WorkerMetrics } from '../metrics/worker-metrics.ts';
import { driverOf } from './driver-of.ts';
import { HeapAlive } from './heap-alive.ts';
import type { InstanceSettings } from './instance-settings.ts';
import { logLines, type Say } from './log-lines.ts';
import { collectAll, MemoryRelease } from './memory-release.ts';
import type { RunOptions } from './run-options.ts';
import type { Running } from './running.ts';

async function rulesOf(
  { semantic, lateness, base, patients: file }: RunOptions['screening'],
  pseudonymSecret: string,
): Promise<ScreeningRules> {
  return screeningRules({
    pseudonymSecret,
    rule: { ...qsofa, semantic },
    lateness,
    bases: base === undefined ? {} : { base },
    identifiers: file === undefined ? new Map() : await patientsIn(file),
  });
}

/** What reads files is loaded where there is a file to read. */
async function patientsIn(file: string): Promise<ReadonlyMap<string, string>> {
  const { patients } = await import('../../connectors/files/patients.ts');
  return patients(file);
}

/** Starts one worker on a real cluster, with clients of its own. `report` is told every second how it does. */
export function startInstance(
  settings: InstanceSettings,
  io: Pick<CommandIo, 'stderr' | 'environment'>,
  report: (report: WorkerReport) => void,
): Running {
  const { slot, options } = settings;
  const { application, afterClose } = options;
  const log = logLines(io.stderr, { slot, application });
  const stopping = new AbortController();
  let worker: Worker | undefined;
  const work = async (): Promise<void> => {
    const metrics = new WorkerMetrics(slot, systemClock);
    const driver = await driverOf(settings.driver, settings.kafka, systemClock);
    const heap = new HeapAlive();
    const memory = new MemoryRelease({
      alive: () => heap.bytes,
      collect: collectAll,
      released: (milliseconds) => log.say('memory-released', { milliseconds: Math.round(milliseconds) }),
      now: () => performance.now(),
    });
    const watch = new StallWatch({
      driver,
      clock: systemClock,
      telemetry: tellBoth(tellBoth(log.telemetry, memory.telemetry), metrics.telemetry),
      after: options.stallAfter,
    });
    const made = await workerOf(settings, watch, log.say);
    // Told to end before there was anything to end.
    if (stopping.signal.aborted) return;
    worker = made;
    log.say('started', {});
    // Kept also for who comes back after a kill.
    flushCompileCache();
    const watching = new AbortController();
    void watch.run(watching.signal);
    const reporting = reportEverySecond(metrics, made, report);
    heap.start();
    const releasing = setInterval(() => memory.second(), 1_000);
    try {
      await made.run();
      await driver.close();
    } finally {
      watching.abort();
      reporting();
      clearInterval(releasing);
      heap.close();
    }
  };
  const ended = work().then(
    () => 0,
    (error: unknown) => reportFailure(error, io),
  );
  return {
    slot,
    ended: ended.then((code) => {
      log.say('ended', { code });
      return code;
    }),
    stop: () => {
      stopping.abort();
      void worker?.stop(afterClose);
    },
    abort: async () => worker?.abort(),
  };
}

async function workerOf(
  { slot, options, registry, redis, pseudonymSecret }: InstanceSettings,
  { driver, telemetry }: StallWatch,
  say: Say,
): Promise<Worker> {
  const onRetrying = (code: string): void => telemetry.retrying?.(code);
  // The client of Redis is loaded while the registry is asked.
  const [codecs, snapshots] = await Promise.all([
    bindCodecs(schemaRegistry({ ...registry, clock: systemClock, onRetrying })),
    redis && snapshotStore(redis, say),
  ]);
  const { application, lostInput, screening, sessionTimeout } = options;
  return new Worker({
    topology: sepsis(topicsOf(codecs), await rulesOf(screening, pseudonymSecret)),
    driver,
    clock: systemClock,
    ...(snapshots && { snapshots }),
    application,
    slot,
    deadLetters: TOPIC.deadLetters,
    telemetry,
    lostInput,
    limits: { sessionTimeout },
  });
}

async function snapshotStore(
  redis: NonNullable<InstanceSettings['redis']>,
  say: Say,
): Promise<SnapshotStore> {
  const { RedisSnapshotStore } = await import('../../connectors/redis/snapshot-store.ts');
  return new RedisSnapshotStore({
    ...redis,
    onUnreadable: (task, why) => say('snapshot-unreadable', { task, why }),
  });
}
