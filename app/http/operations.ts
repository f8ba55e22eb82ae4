import type { Route } from '../../connectors/http/route.ts';
import { startHttpServer } from '../../connectors/http/server.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { HttpSettings } from '../configuration/http.ts';
import { healthRoutes } from '../health/routes.ts';
import { Workers } from '../health/workers.ts';
import { metricsRoute } from '../metrics/metrics-route.ts';

/** What a process that runs workers tells of itself over HTTP. */
export interface Operations {
  /** Is to hear of every worker, in whatever thread it runs. */
  readonly workers: Workers;
  /** Answers what is in flight, and serves no more. */
  close(): Promise<void>;
}

export interface OperationsOptions {
  /** Slots of the workers of this process. */
  readonly slots: readonly string[];
  readonly clock: Clock;
  readonly say: (event: string, fields: Readonly<Record<string, string | number>>) => void;
  /** What this process serves beside the usual. */
  readonly routes?: readonly Route[];
}

/**
 * Begins to serve `/livez`, `/readyz` and `/metrics`; without settings nothing listens.
 * @throws StreamsError `http-address-unavailable`, `configuration`.
 */
export async function serveOperations(
  settings: HttpSettings | undefined,
  { slots, clock, say, routes = [] }: OperationsOptions,
): Promise<Operations> {
  const workers = new Workers(slots, clock);
  if (settings === undefined) return { workers, close: () => Promise.resolve() };
  const server = await startHttpServer({
    ...settings,
    routes: [...healthRoutes(workers), metricsRoute(workers, settings.token), ...routes],
    onFailure: (path) => say('http-failed', { path }),
  });
  say('listening', { host: settings.host, port: server.port });
  return { workers, close: () => server.close() };
}
