import { type Answer, json, type Route } from '../../connectors/http/route.ts';
import type { Check, Workers } from './workers.ts';

/** `/livez` and `/readyz`: 200 when every check holds, 503 otherwise, with all of them by name. Nobody needs a token. */
export const healthRoutes = (workers: Workers): readonly Route[] => [
  { method: 'GET', path: '/livez', answer: () => answerOf(workers.live) },
  { method: 'GET', path: '/readyz', answer: () => answerOf(workers.ready) },
];

function answerOf(checks: readonly Check[]): Answer {
  const ok = checks.every((check) => check.ok);
  return json(ok ? 200 : 503, { status: ok ? 'ok' : 'failed', checks });
}
