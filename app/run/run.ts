import { systemClock } from '../../connectors/memory/clocks.ts';
import type { CommandIo } from '../commands/command.ts';
import type { HttpSettings } from '../configuration/http.ts';
import type { WorkerReport } from '../health/worker-report.ts';
import type { Workers } from '../health/workers.ts';
import { serveOperations } from '../http/operations.ts';
import { startInstance } from './instance.ts';
import type { InstanceSettings } from './instance-settings.ts';
import { logLines } from './log-lines.ts';
import type { Running } from './running.ts';
import { listenToSignals } from './signals.ts';
import { supervise } from './supervise.ts';
import { startThread } from './thread.ts';
import { topicsReady } from './topics-ready.ts';

/** As long as a container is given to end. */
const LONGEST_END = 30_000;

/**
 * Runs all instances until they have ended; resolves to the exit code.
 * @throws StreamsError of what is wrong before the first one is started.
 */
export async function run(
  settings: InstanceSettings,
  http: HttpSettings | undefined,
  io: CommandIo,
): Promise<number> {
  const { application, slots } = settings.options;
  const log = logLines(io.stderr, { application });
  // First of all: a port that is taken is told at once, and a start that takes long can be watched.
  const operations = await serveOperations(http, { slots, clock: systemClock, say: log.say });
  const signals = listenToSignals((signal) => {
    log.say('stopping', { signal });
    operations.workers.stopping();
  });
  try {
    const { promise: stopped, resolve } = Promise.withResolvers<void>();
    signals.first.addEventListener('abort', () => resolve());
    await Promise.race([topicsReady(settings.kafka, log.telemetry, signals.first), stopped]);
    // Nothing has begun that could be ended.
    if (signals.first.aborted) return 0;
    return await supervise(instancesOf(settings, operations.workers, io), signals, LONGEST_END);
  } finally {
    signals.close();
    await operations.close();
  }
}

/** One instance runs in this thread; of several each has its own. */
function instancesOf(settings: InstanceSettings, workers: Workers, io: CommandIo): readonly Running[] {
  const { options } = settings;
  const report = (report: WorkerReport): void => workers.heard(report);
  const instances =
    options.slots.length === 1
      ? [startInstance(settings, io, report)]
      : options.slots.map((slot) => startThread({ options, slot, environment: io.environment }, io, report));
  for (const { slot, ended } of instances) void ended.then(() => workers.ended(slot));
  return instances;
}
