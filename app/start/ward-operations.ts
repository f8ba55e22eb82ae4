import { systemClock } from '../../connectors/memory/clocks.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import type { Telemetry } from '../../topology/ports/telemetry.ts';
import { httpSettings } from '../configuration/http.ts';
import { serveOperations } from '../http/operations.ts';
import { reportEverySecond } from '../metrics/reporting.ts';
import { type ReportedWorker, WorkerMetrics } from '../metrics/worker-metrics.ts';

const SLOT = 'ward';

/** Health and metrics of the demonstration, as of a real instance: what a container is asked for. */
export interface WardOperations {
  /** What to hand to the engine. */
  readonly telemetry: Telemetry;
  /** Begins to tell of the instances of the ward's cluster, as of one worker. */
  follow(cluster: ReportedWorker): void;
  close(): Promise<void>;
}

/** Serves them where HTTP_PORT says so; undefined, and nothing listens, where it is not set. @throws StreamsError */
export async function wardOperations(
  env: Readonly<Record<string, string | undefined>>,
): Promise<WardOperations | undefined> {
  const faults: string[] = [];
  const settings = httpSettings(env, faults);
  if (faults.length > 0) throw new StreamsError('configuration', faults.join(' '));
  if (settings === undefined) return undefined;
  // The screen belongs to the ward: where it listens is what its caller said.
  const operations = await serveOperations(settings, { slots: [SLOT], clock: systemClock, say: () => {} });
  const metrics = new WorkerMetrics(SLOT, systemClock);
  let stop = (): void => {};
  return {
    telemetry: metrics.telemetry,
    follow: (cluster) => {
      stop = reportEverySecond(metrics, cluster, (report) => operations.workers.heard(report));
    },
    close: () => {
      stop();
      return operations.close();
    },
  };
}
