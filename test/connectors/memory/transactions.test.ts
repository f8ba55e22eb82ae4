import { describe, expect, test } from 'vitest';
import { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { text } from '../../../topology/model/codec.ts';
import type { OutgoingRecord } from '../../../topology/model/record.ts';
import { seconds } from '../../../topology/model/time.ts';
import type { GroupGeneration, TransactionPort } from '../../../topology/ports/kafka-driver.ts';

const record = (value: string, more: Partial<OutgoingRecord> = {}): OutgoingRecord => ({
  key: null,
  value: text.encode(value),
  timestamp: 0,
  partition: 0,
  ...more,
});

interface World {
  readonly broker: MemoryBroker;
  readonly generation: GroupGeneration;
  readonly producer: (id?: string) => Promise<TransactionPort>;
  readonly values: (topic: string) => string[];
}

async function world(): Promise<World> {
  const broker = new MemoryBroker();
  const driver = new MemoryDriver(broker);
  await driver.admin().createTopics(['in', 'out', 'also'].map((name) => ({ name, partitions: 1 })));
  broker.group('g').add('m', ['in']);
  const assignment = broker.group('g').join('m');
  if (assignment === undefined) throw new Error('no assignment');
  return {
    broker,
    generation: assignment.generation,
    producer: async (transactionalId = 't') => {
      const transactions = driver.transactions({ transactionalId, timeout: seconds(5) });
      await transactions.init();
      transactions.begin();
      return transactions;
    },
    values: (topic) =>
      broker
        .log({ topic, partition: 0 })
        .read(0, 99, 9_999)
        .records.map(({ value }) => text.decode(value ?? new Uint8Array())),
  };
}

const at = (offset: number): ReadonlyMap<string, { offset: number; metadata: string }> =>
  new Map([['in/0', { offset, metadata: 'm' }]]);

const fenced = expect.objectContaining({ code: 'fenced' });

describe('transactions of the in-memory broker', () => {
  test('records and offsets are visible together after the commit, and not before', async () => {
    const { broker, generation, producer, values } = await world();
    const transactions = await producer();
    await transactions.send('out', [record('1')]);
    await transactions.send('also', [record('2')]);
    await transactions.sendOffsets(at(3), generation);
    expect([values('out'), values('also'), broker.committedOf('g').size]).toEqual([[], [], 0]);
    await transactions.commit();
    expect([values('out'), values('also')]).toEqual([['1'], ['2']]);
    expect(broker.committedOf('g').get('in/0')).toEqual({ offset: 3, metadata: 'm' });
    // The record and its marker.
    expect(broker.log({ topic: 'out', partition: 0 }).end).toBe(2);
  });

  test('what is aborted is never visible, and the next transaction does not carry it', async () => {
    const { broker, generation, producer, values } = await world();
    const transactions = await producer();
    await transactions.send('out', [record('1')]);
    await transactions.sendOffsets(at(3), generation);
    await transactions.abort();
    transactions.begin();
    await transactions.send('out', [record('2')]);
    await transactions.commit();
    expect(values('out')).toEqual(['2']);
    expect(broker.committedOf('g').size).toBe(0);
  });

  test('a newer producer of the same id fences the older one at its next call, and drops what it left open', async () => {
    const { producer, values } = await world();
    const old = await producer();
    await old.send('out', [record('old')]);
    const young = await producer();
    await expect(old.send('out', [record('more')])).rejects.toThrow(fenced);
    await expect(old.commit()).rejects.toThrow(fenced);
    await expect(old.abort()).rejects.toThrow(fenced);
    await young.send('out', [record('young')]);
    await young.commit();
    expect(values('out')).toEqual(['young']);
  });

  test('producers of two ids do not fence each other', async () => {
    const { producer, values } = await world();
    const [a, b] = [await producer('a'), await producer('b')];
    await a.send('out', [record('a')]);
    await b.send('out', [record('b')]);
    await b.commit();
    await a.commit();
    expect(values('out')).toEqual(['b', 'a']);
  });

  test('a producer that was never initialised is fenced', async () => {
    const driver = new MemoryDriver(new MemoryBroker());
    const transactions = driver.transactions({ transactionalId: 't', timeout: seconds(5) });
    await expect(transactions.commit()).rejects.toThrow(fenced);
  });

  test('a generation that has gone is fenced when offsets are sent, and once more at the commit', async () => {
    const { broker, generation, producer, values } = await world();
    const late = await producer('late');
    await late.send('out', [record('1')]);
    await late.sendOffsets(at(3), generation);
    broker.group('g').remove('m');
    await expect(late.commit()).rejects.toThrow(fenced);
    const later = await producer('later');
    await expect(later.sendOffsets(at(3), generation)).rejects.toThrow(fenced);
    expect([values('out'), broker.committedOf('g').size]).toEqual([[], 0]);
  });

  test.each([
    ['a topic', 'nowhere', {}],
    ['a partition', 'also', { partition: 7 }],
  ])('%s that is not there refuses the send, so that no commit can fail half way', async (_, topic, more) => {
    const { producer, values } = await world();
    const transactions = await producer();
    await transactions.send('out', [record('1')]);
    const refused = transactions.send(topic, [record('2', more)]);
    await expect(refused).rejects.toThrow(expect.objectContaining({ code: 'configuration' }));
    await transactions.abort();
    expect(values('out')).toEqual([]);
  });

  test('an append is as whole as a transaction', async () => {
    const { broker, values } = await world();
    expect(() => broker.append('out', [record('1'), record('2', { partition: 7 })])).toThrow(
      /no partition out\/7/,
    );
    expect(values('out')).toEqual([]);
  });
});

describe('the in-memory broker', () => {
  test('keyed records go where the Java client sends them, the rest in turn', () => {
    const broker = new MemoryBroker();
    broker.createTopics([{ name: 'many', partitions: 4 }]);
    const { partition: _, ...keyless } = record('x');
    broker.append('many', [{ ...keyless, key: Buffer.from('21') }]);
    expect(broker.log({ topic: 'many', partition: (-973932308 & 0x7fffffff) % 4 }).end).toBe(1);
    broker.append(
      'many',
      Array.from({ length: 4 }, () => keyless),
    );
    const ends = [0, 1, 2, 3].map((partition) => broker.log({ topic: 'many', partition }).end);
    expect(ends.reduce((sum, end) => sum + end)).toBe(5);
    expect(Math.min(...ends)).toBe(1);
  });

  test('making a topic that is there changes nothing', () => {
    const broker = new MemoryBroker();
    broker.createTopics([{ name: 'out', partitions: 2 }]);
    broker.append('out', [record('1')]);
    broker.createTopics([{ name: 'out', partitions: 5 }]);
    expect([broker.partitions('out'), broker.log({ topic: 'out', partition: 0 }).end]).toEqual([2, 1]);
  });

  test('no two members ever have one id, also when a slot comes back', () => {
    const broker = new MemoryBroker();
    expect(broker.newMemberId('slot')).not.toBe(broker.newMemberId('slot'));
  });
});
