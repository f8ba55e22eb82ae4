import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { main } from '../../../app/commands/main.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { TOPIC } from '../../../schemas/topics.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { registryWithSchemas } from '../../servers/registry.ts';
import { useServer } from '../../servers/use-server.ts';
import { readExposition, valueOf } from '../metrics/exposition.ts';
import { Kept } from '../replay/replay-run.ts';
import { respiratoryRate, systolic } from '../replay/vital-signs.ts';
import { InstanceProcess } from './instance-process.ts';

const PHI = 'PHI-4711';

interface Probe {
  readonly status: number;
  readonly body: { readonly status: string; readonly checks: readonly object[] };
}

async function probe(url: string, path: string): Promise<Probe> {
  const answer = await fetch(`${url}${path}`);
  return { status: answer.status, body: (await answer.json()) as Probe['body'] };
}

/** Asks until the answer has this status; the test's own limit ends it. */
async function until(url: string, path: string, status: number): Promise<Probe> {
  for (;;) {
    const answer = await probe(url, path);
    if (answer.status === status) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('run on a real cluster', () => {
  const stack = useServer(async () => {
    const registry = await registryWithSchemas();
    const kafka = await kafkaServer({ own: true });
    const environment = {
      KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrap,
      SCHEMA_REGISTRY_URL: registry.url,
      HTTP_PORT: '0',
      HTTP_TOKEN: 'scrape-me',
    };
    const [stdout, stderr] = [new Kept(), new Kept()];
    const create = 'topics create --partitions 2 --replication 1'.split(' ');
    expect([await main(create, { stdout, stderr, environment }), stderr.text]).toEqual([0, '']);
    return { kafka, environment, stop: () => kafka.stop() };
  });
  const running: InstanceProcess[] = [];
  const start = (...args: readonly string[]): InstanceProcess => {
    const instance = new InstanceProcess(stack().environment, '--slot', 'ward-1', ...args);
    running.push(instance);
    return instance;
  };

  afterAll(async () => {
    for (const instance of running) {
      instance.signal('SIGKILL');
      await instance.ended();
    }
  });

  test('becomes ready, tells what it does, is not ready while the broker is away, and lives all the while', async () => {
    const instance = start();
    const url = await instance.url();
    expect((await probe(url, '/livez')).status).toBe(200);
    expect((await until(url, '/readyz', 200)).body).toEqual({
      status: 'ok',
      checks: [{ check: 'worker ward-1', ok: true }],
    });

    await send();
    const scrape = async () => {
      const page = await fetch(`${url}/metrics`, { headers: { Authorization: 'Bearer scrape-me' } });
      return page.text();
    };
    // Both are committed, and what came of them as an alert too.
    let page = await scrape();
    while (!/sepsis_produced_records_total\{topic="clinical\.alerts\.sepsis"\} 1\n/.test(page)) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      page = await scrape();
    }
    const families = readExposition(page);
    expect(valueOf(families, 'sepsis_process_records_total', { topic: TOPIC.vitals })).toBe(2);
    expect(
      valueOf(families, 'sepsis_record_e2e_latency_seconds_count', { topic: TOPIC.vitals }),
    ).toBeGreaterThan(0);
    expect(valueOf(families, 'sepsis_store_keys', { slot: 'ward-1', store: 'patients' })).toBe(1);
    // Four topics in one sub-topology, and by-patient in another, of two partitions each.
    expect(valueOf(families, 'sepsis_owned_tasks', { slot: 'ward-1' })).toBe(4);
    expect(page).not.toContain(PHI);
    expect((await fetch(`${url}/metrics`)).status).toBe(401);

    await stack().kafka.kill();
    let away = await until(url, '/readyz', 503);
    // A commit that was under way is looked into first.
    while (!/"reason":"stalled"/.test(JSON.stringify(away.body))) away = await until(url, '/readyz', 503);
    expect(away.body.checks).toEqual([
      {
        check: 'worker ward-1',
        ok: false,
        reason: 'stalled',
        code: expect.stringMatching(/^(?:broker-unavailable|request-timed-out)$/),
      },
    ]);
    expect((await probe(url, '/livez')).status).toBe(200);

    await stack().kafka.restart();
    await until(url, '/readyz', 200);
    expect((await probe(url, '/livez')).status).toBe(200);

    instance.signal('SIGTERM');
    expect(await instance.ended()).toBe(0);
    expect(instance.said).toContain('"event":"ended"');
    expect(instance.said).not.toContain(PHI);
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });

  test('of several workers, each in its thread, is ready when all are, and scraped as one', async () => {
    const instance = start('--workers', '2');
    const url = await instance.url();
    const slots = ['ward-1-0', 'ward-1-1'];
    expect((await until(url, '/readyz', 200)).body.checks).toEqual(
      slots.map((slot) => ({ check: `worker ${slot}`, ok: true })),
    );
    const headers = { Authorization: 'Bearer scrape-me' };
    // Whoever came first had all, until the other came.
    for (
      let tasks: number[] = [];
      tasks.length < 2 || tasks.includes(0) || (tasks[0] ?? 0) + (tasks[1] ?? 0) !== 4;
    ) {
      const families = readExposition(await (await fetch(`${url}/metrics`, { headers })).text());
      tasks = slots.map((slot) => valueOf(families, 'sepsis_owned_tasks', { slot }));
      for (const slot of slots)
        expect(valueOf(families, 'sepsis_worker_heap_used_bytes', { slot })).toBeGreaterThan(0);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    instance.signal('SIGTERM');
    expect(await instance.ended()).toBe(0);
  });

  test('a process that hangs answers no probe', async () => {
    const instance = start();
    const url = await instance.url();
    await until(url, '/readyz', 200);
    instance.signal('SIGSTOP');
    await expect(fetch(`${url}/livez`, { signal: AbortSignal.timeout(1_000) })).rejects.toThrow('timeout');
    instance.signal('SIGCONT');
    expect((await probe(url, '/livez')).status).toBe(200);
  });

  async function send(): Promise<void> {
    const driver = new PlatformaticDriver(
      {
        clientId: 'ward',
        bootstrap: [stack().kafka.bootstrap],
        requestTimeout: 10_000,
        connectTimeout: 3_000,
      },
      systemClock,
    );
    const now = systemClock.now();
    const subject = { subject: { reference: `Patient/${PHI}`, display: PHI } };
    const time = new Date(now).toISOString();
    const values = [respiratoryRate(`${PHI}-r`, time, 30, subject), systolic(`${PHI}-s`, time, 85, subject)];
    await driver.producer().send(
      TOPIC.vitals,
      values.map((value) => ({ key: null, value: new TextEncoder().encode(value), timestamp: now })),
    );
    await driver.close();
  }
});

test('a port that is taken ends it at once, with the port, the mend and exit code 4', async () => {
  const taken = createServer().listen({ host: '127.0.0.1', port: 0 });
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  // Neither is there: it did not come so far as to ask.
  const instance = new InstanceProcess(
    {
      KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1',
      SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1',
      HTTP_PORT: String(port),
    },
    '--slot',
    'ward-1',
  );
  expect(await instance.ended()).toBe(4);
  expect(instance.said).toBe(
    `sepsis-streams: Cannot listen on 127.0.0.1 port ${port}: another program listens there (EADDRINUSE). Choose another HTTP_PORT or HTTP_HOST, or end what listens there.\n`,
  );
  taken.close();
});
