import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';

const kafka = useServer(() => kafkaServer());
const run = promisify(execFile);

/** A process of its own, so that whatever is written by whomever is seen: the library logs, and Node warns of its timers. */
const script = (bootstrap: string): string => `
  import { systemClock } from ${JSON.stringify(import.meta.resolve('../../../connectors/memory/clocks.ts'))};
  import { KafkaJsDriver } from ${JSON.stringify(import.meta.resolve('../../../connectors/kafkajs/driver.ts'))};
  const access = { clientId: 'silent', bootstrap: ['${bootstrap}'], requestTimeout: 1_000, connectTimeout: 1_000 };
  const driver = new KafkaJsDriver(access, systemClock);
  for (let i = 0; i < 3; i++) await driver.admin().partitions(['nowhere']).then(String, (error) => error.code);
  await driver.close();
  process.stdout.write('done');
`;
const saidOf = async (bootstrap: string): Promise<{ stdout: string; stderr: string }> =>
  run(process.execPath, ['--input-type=module', '-e', script(bootstrap)]);

test('nothing is said by the library, nor by Node of it, and the process ends', async () => {
  expect(await saidOf(kafka().bootstrap)).toEqual({ stdout: 'done', stderr: '' });
});

test('nor of a broker that is not there, or hangs up', async () => {
  expect(await saidOf('127.0.0.1:1')).toEqual({ stdout: 'done', stderr: '' });
  const rude = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(rude, 'listening');
  const address = rude.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  expect(await saidOf(`127.0.0.1:${port}`)).toEqual({ stdout: 'done', stderr: '' });
  rude.close();
});
