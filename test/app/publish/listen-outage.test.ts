import { expect, onTestFinished, test } from 'vitest';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';
import { respiratoryRate } from '../replay/vital-signs.ts';
import { RunProcess } from '../run/run-process.ts';

const TOKEN = 'inlet-token';
const kafka = useServer(() => kafkaServer({ own: true }));

test('without Kafka it is not ready until Kafka is back, and ends also when it is not', async () => {
  const inlet = new RunProcess(['publish', '--listen', '--create-topics'], {
    KAFKA_BOOTSTRAP_SERVERS: kafka().bootstrap,
    HTTP_PORT: '0',
    HTTP_TOKEN: TOKEN,
  });
  onTestFinished(() => inlet.signal('SIGKILL'));
  const base = `http://127.0.0.1:${String((await inlet.told('listening'))['port'])}`;
  const post = async (id: string): Promise<number> => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/fhir+json' };
    const body = respiratoryRate(id, '2026-01-05T08:00:00Z', 24);
    return (await fetch(`${base}/fhir`, { method: 'POST', headers, body })).status;
  };
  const ready = async (status: number): Promise<void> => {
    while ((await fetch(`${base}/readyz`)).status !== status)
      await new Promise((resolve) => setTimeout(resolve, 50));
  };
  expect(await post('a')).toBe(200);
  await ready(200);
  await kafka().kill();
  expect(await post('b')).toBe(503);
  await ready(503);
  await kafka().restart();
  await ready(200);
  expect(await post('c')).toBe(200);
  await kafka().kill();
  // Nobody is answered 200, and the end does not wait for what Kafka will not take.
  const waits = post('d').catch(() => 0);
  inlet.signal('SIGTERM');
  expect(await inlet.exit).toBe(0);
  expect(await waits).not.toBe(200);
});
