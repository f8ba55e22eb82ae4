import { afterEach, describe, expect, test } from 'vitest';
import type { HttpSettings } from '../../../app/configuration/http.ts';
import { type Operations, serveOperations } from '../../../app/http/operations.ts';
import { WorkerMetrics } from '../../../app/metrics/worker-metrics.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';

let running: Operations | undefined;
afterEach(() => running?.close());

async function served(
  settings: Partial<HttpSettings> = {},
): Promise<{ url: string; operations: Operations; said: [string, object][] }> {
  const said: [string, Readonly<Record<string, string | number>>][] = [];
  const operations = await serveOperations(
    { host: '127.0.0.1', port: 0, token: undefined, ...settings },
    { slots: ['a'], clock: systemClock, say: (event, fields) => said.push([event, fields]) },
  );
  running = operations;
  return { url: `http://127.0.0.1:${said[0]?.[1]['port']}`, operations, said };
}

describe('operations over HTTP', () => {
  test('say where they listen', async () => {
    const { said } = await served();
    expect(said).toEqual([['listening', { host: '127.0.0.1', port: expect.any(Number) }]]);
  });

  test('probes answer 200 or 503 with every check by name', async () => {
    const { url, operations } = await served();
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    const starting = await fetch(`${url}/readyz`);
    expect(starting.status).toBe(503);
    expect(await starting.json()).toEqual({
      status: 'failed',
      checks: [{ check: 'worker a', ok: false, reason: 'starting' }],
    });
    operations.workers.heard({
      slot: 'a',
      live: true,
      tasks: 0,
      stalled: undefined,
      parked: undefined,
      metrics: [],
    });
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ok', checks: [{ check: 'worker a', ok: true }] },
    ]);
    operations.workers.ended('a');
    expect((await fetch(`${url}/livez`)).status).toBe(503);
  });

  test('a token guards the metrics, and no probe', async () => {
    const { url } = await served({ token: () => 'scrape-me' });
    const status = async (path: string, token?: string): Promise<number> =>
      (
        await fetch(
          `${url}${path}`,
          token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } },
        )
      ).status;
    expect(await status('/metrics')).toBe(401);
    expect(await status('/metrics', 'scrape-you')).toBe(401);
    expect(await status('/metrics', 'scrape-me')).toBe(200);
    expect(await status('/livez')).toBe(200);
    expect(await status('/readyz')).toBe(503);
  });

  test('before any worker was heard of the process alone is scraped', async () => {
    const { url } = await served();
    const answer = await fetch(`${url}/metrics`);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const page = await answer.text();
    expect(page).toContain('process_resident_memory_bytes');
    expect(page).not.toContain('sepsis_');
  });

  test('without settings nothing listens, and workers can be told of all the same', async () => {
    const operations = await serveOperations(undefined, {
      slots: ['a'],
      clock: systemClock,
      say: () => expect.unreachable(),
    });
    const metrics = new WorkerMetrics('a', systemClock);
    operations.workers.heard(await metrics.report({ live: true, tasks: [] }));
    expect(operations.workers.ready).toEqual([{ check: 'worker a', ok: true }]);
    await operations.close();
  });
});
