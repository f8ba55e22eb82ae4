import { expect, test } from 'vitest';
import { Wire } from '../../../connectors/kafka-client/wire.ts';

test.each([
  ['broker.example:9092', 'broker.example', 9_092],
  ['10.0.0.5:9093', '10.0.0.5', 9_093],
  // As it is written in a list of brokers, and as a broker tells it of another.
  ['[fd00::1]:9092', 'fd00::1', 9_092],
  ['fd00::1:9092', 'fd00::1', 9_092],
])('%s is connected to as such', async (address, host, port) => {
  const asked: unknown[] = [];
  const connection = { isConnected: () => true, close: () => Promise.resolve() };
  const connect = (...to: readonly [string, number]): Promise<typeof connection> => {
    asked.push(to);
    return Promise.resolve(connection);
  };
  const translated = (error: unknown): never => {
    throw error;
  };
  const ping = (): Promise<void> => Promise.resolve();
  const life = { doubted: false, heard: () => {} };
  const wire = new Wire({ connect, ping, translated, answered: () => false }, address, life);
  await wire.ask('anything', () => Promise.resolve());
  expect(asked).toEqual([[host, port]]);
});
