import type { WorkerReport } from '../health/worker-report.ts';
import type { ReportedWorker, WorkerMetrics } from './worker-metrics.ts';

const EVERY_MS = 1_000;

/**
 * Tells a report of the worker at once and then every second, until the function that it returns is called: to `Workers` where the
 * worker runs in the main thread, else as a message to it.
 */
export function reportEverySecond(
  metrics: WorkerMetrics,
  worker: ReportedWorker,
  tell: (report: WorkerReport) => void,
): () => void {
  const report = (): void => {
    void metrics.report(worker).then(tell);
  };
  report();
  const timer = setInterval(report, EVERY_MS).unref();
  return () => clearInterval(timer);
}
