import { describe, expect, test } from 'vitest';
import { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { text } from '../../../topology/model/codec.ts';
import {
  type Assignment,
  type ConsumerPort,
  partitionKey,
  type RebalanceListener,
} from '../../../topology/ports/kafka-driver.ts';

const LIMITS = { maxRecords: 100, maxBytes: 10_000, waitMs: 0 };

const brokerWith = (partitions: number): MemoryBroker => {
  const broker = new MemoryBroker();
  broker.createTopics([{ name: 'in', partitions }]);
  return broker;
};

const append = (broker: MemoryBroker, partition: number, ...values: readonly string[]): void =>
  broker.append(
    'in',
    values.map((value) => ({ key: null, value: text.encode(value), timestamp: 0, partition })),
  );

/** A member that writes down what it is told, and begins every partition at its first offset. */
class Member implements RebalanceListener {
  readonly consumer: ConsumerPort;
  readonly told: string[] = [];
  assignment: Assignment | undefined;

  constructor(broker: MemoryBroker, instanceId: string) {
    this.consumer = new MemoryDriver(broker).consumer({ groupId: 'g', instanceId });
  }
  async onAssigned(assignment: Assignment): Promise<void> {
    this.assignment = assignment;
    this.told.push(`assigned ${assignment.partitions.map(partitionKey).join(' ')}`);
    for (const at of assignment.partitions) this.consumer.seek(at, 0);
  }
  async onRevoked(assignment: Assignment): Promise<void> {
    this.told.push(`revoked ${assignment.partitions.map(partitionKey).join(' ')}`);
  }
  async poll(limits: Partial<typeof LIMITS> = {}): Promise<string[]> {
    const batches = await this.consumer.poll({ ...LIMITS, ...limits });
    return batches.flatMap(({ records }) =>
      records.map(({ value }) => text.decode(value ?? new Uint8Array())),
    );
  }
}

const member = async (broker: MemoryBroker, name: string): Promise<Member> => {
  const made = new Member(broker, name);
  await made.consumer.subscribe(['in'], made);
  return made;
};

describe('consumer of the in-memory broker', () => {
  test('reads each record once, in order, within both bounds', async () => {
    const broker = brokerWith(1);
    append(broker, 0, 'a', 'b', 'c', 'd');
    const a = await member(broker, 'a');
    expect(await a.poll({ maxRecords: 1 })).toEqual(['a']);
    expect(await a.poll({ maxBytes: 2 })).toEqual(['b', 'c']);
    expect(await a.poll()).toEqual(['d']);
    expect(await a.poll()).toEqual([]);
  });

  test('a busy partition does not starve the others', async () => {
    const broker = brokerWith(2);
    append(broker, 0, ...Array.from({ length: 50 }, () => 'busy'));
    append(broker, 1, 'rare');
    const a = await member(broker, 'a');
    const polls = [await a.poll({ maxRecords: 5 }), await a.poll({ maxRecords: 5 })];
    expect(polls.flat()).toContain('rare');
  });

  test('a poll that waits is woken by an append', async () => {
    const broker = brokerWith(1);
    const a = await member(broker, 'a');
    const polled = a.poll({ waitMs: 60_000 });
    setImmediate(() => append(broker, 0, 'late'));
    expect(await polled).toEqual(['late']);
  });

  test('a second member takes over only what the first has given up, and both are told', async () => {
    const broker = brokerWith(2);
    append(broker, 0, 'p0');
    append(broker, 1, 'p1');
    const a = await member(broker, 'a');
    expect(await a.poll()).toEqual(['p0', 'p1']);
    const b = await member(broker, 'b');
    expect(await b.poll()).toEqual([]);
    expect(b.told).toEqual([]);
    await a.poll();
    await b.poll();
    expect(a.told).toEqual(['assigned in/0 in/1', 'revoked in/0 in/1', 'assigned in/0']);
    expect(b.told).toEqual(['assigned in/1']);
    expect(a.assignment?.generation.generation).toBe(b.assignment?.generation.generation);
  });

  test('a member that closes gives its partitions to the others', async () => {
    const broker = brokerWith(2);
    const [a, b] = [await member(broker, 'a'), await member(broker, 'b')];
    for (const each of [a, b, a]) await each.poll();
    await b.consumer.close();
    await a.poll();
    expect(a.told.at(-1)).toBe('assigned in/0 in/1');
    expect(await b.poll()).toEqual([]);
  });

  test('a position before or behind the log is an error, never silence', async () => {
    const broker = brokerWith(1);
    append(broker, 0, 'a', 'b');
    const a = await member(broker, 'a');
    await a.poll();
    broker.log({ topic: 'in', partition: 0 }).truncate(1);
    const at = { topic: 'in', partition: 0 };
    a.consumer.seek(at, 0);
    await expect(a.poll()).rejects.toThrow(expect.objectContaining({ code: 'log-truncated' }));
    a.consumer.seek(at, 3);
    await expect(a.poll()).rejects.toThrow(expect.objectContaining({ code: 'log-truncated' }));
    a.consumer.seek(at, 1);
    expect(await a.poll()).toEqual(['b']);
  });

  test('offsets outside a transaction are fenced by the generation too', async () => {
    const broker = brokerWith(1);
    const a = await member(broker, 'a');
    await a.poll();
    const generation = a.assignment?.generation;
    if (generation === undefined) throw new Error('no assignment');
    const offsets = new Map([['in/0', { offset: 1, metadata: '' }]]);
    await a.consumer.commit(offsets, generation);
    const at = [{ topic: 'in', partition: 0 }];
    expect((await a.consumer.committed(at)).get('in/0')?.offset).toBe(1);
    await a.consumer.close();
    const late = a.consumer.commit(offsets, generation);
    await expect(late).rejects.toThrow(expect.objectContaining({ code: 'fenced' }));
  });

  test('reading a range outside the group gives each record of it once', async () => {
    const broker = brokerWith(1);
    append(broker, 0, ...Array.from({ length: 2_500 }, (_, i) => String(i)));
    const read: number[] = [];
    await new MemoryDriver(broker).read({ topic: 'in', partition: 0 }, 10, 2_400, ({ records }) => {
      read.push(...records.map(({ offset }) => offset));
    });
    expect(read).toEqual(Array.from({ length: 2_390 }, (_, i) => i + 10));
  });
});
