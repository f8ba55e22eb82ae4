import { describe, expect, test } from 'vitest';
import { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { seconds } from '../../../topology/model/time.ts';
import { at, record, textsNow } from '../../conformance/kafka-driver/records.ts';
import { kafkaDriverConformance } from '../../conformance/kafka-driver.ts';
import { acrossANetwork, inOneProcess } from './cluster-under-test.ts';

kafkaDriverConformance('memory in one process', () => inOneProcess());
kafkaDriverConformance('memory across a network', () => acrossANetwork());

describe('an append beside the cluster', () => {
  test('is there whole at once, or on an error not at all', async () => {
    const broker = new MemoryBroker();
    broker.createTopics([{ name: 'in', partitions: 1 }]);
    const values = async (): Promise<string[]> => textsNow(new MemoryDriver(broker), at('in'));
    expect(() => broker.append('in', [record('a'), record('b', { partition: 7 })])).toThrow(
      /no partition in\/7/,
    );
    expect(() => broker.append('out', [record('a')])).toThrow(/no topic out/);
    expect(await values()).toEqual([]);
    broker.append('in', [record('a'), record('b')]);
    expect(await values()).toEqual(['a', 'b']);
  });
});

test('a poll in one process ends with whatever happens: who polls looks at its clock', async () => {
  const broker = new MemoryBroker();
  broker.createTopics([
    { name: 'read', partitions: 1 },
    { name: 'other', partitions: 1 },
  ]);
  const consumer = new MemoryDriver(broker).consumer({
    groupId: 'g',
    sessionTimeout: seconds(6),
    rebalanceTimeout: seconds(6),
  });
  const owned = Promise.withResolvers<void>();
  await consumer.subscribe(['read'], {
    onAssigned: () => owned.resolve(),
    onRevoked: () => Promise.resolve(),
  });
  await owned.promise;
  consumer.seek(at('read'), 0);
  const polled = consumer.poll({ maxRecords: 1, maxBytes: 1, waitMs: 3_600_000 });
  // Once it waits.
  await new Promise((resolve) => setImmediate(resolve));
  broker.append('other', [record('x')]);
  expect(await polled).toEqual([]);
  await consumer.close();
});
