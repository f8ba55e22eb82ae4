import { expect, test } from 'vitest';
import { driverIn } from '../../../app/configuration/kafka.ts';
import { driverOf } from '../../../app/run/driver-of.ts';
import { RUN_HELP } from '../../../app/run/run-help.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';

test.each([
  [{}, 'platformatic', []],
  [{ KAFKA_DRIVER: '' }, 'platformatic', []],
  [{ KAFKA_DRIVER: 'platformatic' }, 'platformatic', []],
  [{ KAFKA_DRIVER: 'kafkajs' }, 'kafkajs', []],
  [
    { KAFKA_DRIVER: 'KafkaJS' },
    'platformatic',
    ['KAFKA_DRIVER is KafkaJS: give one of platformatic, kafkajs.'],
  ],
])('%j is the driver %s', (environment, driver, expected) => {
  const faults: string[] = [];
  expect(driverIn(environment, faults)).toBe(driver);
  expect(faults).toEqual(expected);
});

test.each(['platformatic', 'kafkajs'] as const)('%s is made when it is asked for', async (name) => {
  const access = { clientId: 'x', bootstrap: ['127.0.0.1:1'], requestTimeout: 1_000, connectTimeout: 1_000 };
  const driver = await driverOf(name, access, systemClock);
  expect(driver.name).toBe(name);
  // Nothing listens there, and that is said at once.
  await expect(driver.admin().partitions(['x'])).rejects.toMatchObject({ code: 'broker-unavailable' });
  await driver.close();
});

test('the help of `run` names the variable', () => {
  expect(RUN_HELP).toMatch(/^ {2}KAFKA_DRIVER +client library: platformatic/m);
});
