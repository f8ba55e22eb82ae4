import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client';
import type { Route } from '../../connectors/http/route.ts';
import type { WorkerReport } from '../health/worker-report.ts';

/**
 * `/metrics`: this process and its workers, in the text format of Prometheus. What the workers count is added up; each
 * gauge names its slot.
 */
export function metricsRoute(
  workers: { readonly reports: readonly WorkerReport[] },
  token: (() => string) | undefined,
): Route {
  const ofProcess = new Registry();
  collectDefaultMetrics({ register: ofProcess });
  // Gauges under the names of counters, and they look into what Node calls its own.
  for (const { name } of ofProcess.getMetricsAsArray())
    if (name.startsWith('nodejs_active_')) ofProcess.removeSingleMetric(name);
  return {
    method: 'GET',
    path: '/metrics',
    ...(token === undefined ? {} : { token }),
    answer: async () => {
      const ofWorkers = AggregatorRegistry.aggregate(workers.reports.map(({ metrics }) => metrics));
      const pages = await Promise.all([ofProcess.metrics(), ofWorkers.metrics()]);
      return { status: 200, type: ofProcess.contentType, body: pages.join('\n') };
    },
  };
}
