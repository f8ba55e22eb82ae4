import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { reauthenticating } from '../kafka-client/reauthenticating.ts';
import { saslBroker } from '../kafka-client/sasl-broker.ts';

reauthenticating('platformatic', 1_300, (access) => new PlatformaticDriver(access, systemClock));

test('a connection that broke does not keep the process until its session would have been renewed', async () => {
  const broker = await saslBroker({ lifetime: 3_600_000, judge: () => ({ accepted: true }) });
  const script = `
    import { systemClock } from ${JSON.stringify(import.meta.resolve('../../../connectors/memory/clocks.ts'))};
    import { PlatformaticDriver } from ${JSON.stringify(import.meta.resolve('../../../connectors/platformatic/driver.ts'))};
    const sasl = { mechanism: 'PLAIN', username: 'u', password: 'p' };
    const limits = { requestTimeout: 1_000, connectTimeout: 1_000 };
    const driver = new PlatformaticDriver({ clientId: 'c', bootstrap: ['${broker.address}'], sasl, ...limits }, systemClock);
    await driver.admin().partitions(['t']);
    process.stdout.write('asked');
    await new Promise((resolve) => process.stdin.once('data', resolve));
    process.stdin.destroy();
    for (let i = 0; i < 2; i++) await driver.admin().partitions(['t']).catch(() => {});
    await driver.close();
  `;
  const args = ['--input-type=module', '-e', script];
  const ended = promisify(execFile)(process.execPath, args, { timeout: 20_000 });
  ended.child.stdout?.once('data', () => {
    for (const socket of broker.connections()) socket.destroy();
    ended.child.stdin?.write('go on');
  });
  await ended;
  expect(broker.connections()).toHaveLength(2);
  await broker.close();
});
