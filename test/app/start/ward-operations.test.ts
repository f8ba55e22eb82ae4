import { describe, expect, test } from 'vitest';
import { startCommand } from '../../../app/start/start.ts';
import { freePorts } from '../../../docker/stack/free-ports.ts';
import { readExposition, valueOf } from '../metrics/exposition.ts';
import { Paper, World } from './world.ts';

/** Asks a ward that goes on until it was answered. */
async function asked(env: Record<string, string>, ask: () => Promise<void>): Promise<void> {
  const answered = Promise.withResolvers<void>();
  const world: World = new World(new Paper(), (sleeps) => {
    if (sleeps !== 20) return;
    ask()
      .then(answered.resolve, answered.reject)
      .finally(() => world.interrupt());
  });
  Object.assign(world.env, env);
  const [code] = await Promise.all([startCommand([], world), answered.promise]);
  expect(code).toBe(0);
}

describe('the ward', () => {
  test('is asked for its health where HTTP_PORT says so, as a container is', async () => {
    const [port = 0] = await freePorts(1);
    const url = `http://127.0.0.1:${port}`;
    await asked({ HTTP_PORT: String(port) }, async () => {
      expect((await fetch(`${url}/livez`)).status).toBe(200);
      expect(listening()).toBeGreaterThan(0);
      while ((await fetch(`${url}/readyz`)).status !== 200);
      for (;;) {
        const families = readExposition(await (await fetch(`${url}/metrics`)).text());
        if (valueOf(families, 'sepsis_owned_tasks', { slot: 'ward' }) < 8) continue;
        const vitals = { topic: 'fhir.observation.vitals' };
        expect(valueOf(families, 'sepsis_process_records_total', vitals)).toBeGreaterThan(0);
        return;
      }
    });
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });

  test('opens no port unless it is told', async () => {
    // The system lets go of those of the last test in its own time.
    while (listening() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await asked({}, () => {
      expect(listening()).toBe(0);
      return Promise.resolve();
    });
  });

  test('that cannot listen there does not begin', async () => {
    const world = new World(new Paper());
    world.env['HTTP_PORT'] = 'http';
    await expect(startCommand(['--once'], world)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('HTTP_PORT is http'),
    });
  });
});

/** Servers of this process. */
const listening = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'TCPServerWrap').length;
