import { describe, expect, test } from 'vitest';
import { BrokerState } from '../../../../connectors/memory/cluster/broker.ts';
import type { Committer } from '../../../../connectors/memory/cluster/group-member.ts';
import type { ProducerIdentity } from '../../../../connectors/memory/cluster/transaction-coordinator.ts';
import type { OffsetCommits } from '../../../../topology/ports/kafka-driver.ts';
import { record } from './log-model.ts';

const out = { topic: 'out', partition: 0 };
const also = { topic: 'out', partition: 1 };
const source = { topic: 'in', partition: 0 };
const nobody: Committer = { generation: -1, memberId: '' };
const offsetOf = (offset: number): OffsetCommits => new Map([['in/0', { offset, metadata: '' }]]);
const code = (wanted: string): unknown => expect.objectContaining({ code: wanted });

function world(): BrokerState {
  const broker = new BrokerState();
  broker.createTopics([
    { name: 'in', partitions: 1 },
    { name: 'out', partitions: 2 },
  ]);
  return broker;
}

const init = (broker: BrokerState, transactionalId = 't'): ProducerIdentity => ({
  transactionalId,
  ...broker.transactions.initProducerId(transactionalId, 5_000),
});

const send = (
  broker: BrokerState,
  { producerId, epoch }: ProducerIdentity,
  at: typeof out,
  value: string,
  sequence = 0,
): number => broker.produce(at, [record(value)], { producerId, epoch, sequence, transactional: true });

const values = (broker: BrokerState, at: typeof out): string[] => {
  const { log } = broker.partition(at);
  const { records } = log.read(log.start, 99, 9_999, { committed: true });
  return records.map(({ value }) => Buffer.from(value ?? []).toString());
};

const writeAll = ({ transactions }: BrokerState): void => {
  for (const marker of transactions.pendingMarkers()) transactions.writeMarker(marker);
};

describe('a transaction over partitions and offsets', () => {
  test('becomes visible marker by marker after the commit, and its offsets are unstable until theirs', () => {
    const broker = world();
    const producer = init(broker);
    broker.transactions.addPartitions(producer, [out, also], 0);
    broker.transactions.addOffsets(producer, 'g', 0);
    send(broker, producer, out, 'a');
    send(broker, producer, also, 'b');
    broker.txnOffsetCommit('g', producer, nobody, offsetOf(5));
    expect(() => broker.offsets('g').read([source], true)).toThrow(code('unstable-offsets'));
    broker.transactions.end(producer, true);
    expect([values(broker, out), values(broker, also)]).toEqual([[], []]);
    const [first, ...rest] = broker.transactions.pendingMarkers();
    if (first !== undefined) broker.transactions.writeMarker(first);
    expect([values(broker, out), values(broker, also)]).toEqual([['a'], []]);
    expect(() => broker.offsets('g').read([source], true)).toThrow(code('unstable-offsets'));
    for (const marker of rest) broker.transactions.writeMarker(marker);
    expect(values(broker, also)).toEqual(['b']);
    expect(broker.offsets('g').read([source], true).get('in/0')?.offset).toBe(5);
  });

  test('leaves nothing when it is aborted', () => {
    const broker = world();
    const producer = init(broker);
    broker.transactions.addPartitions(producer, [out], 0);
    broker.transactions.addOffsets(producer, 'g', 0);
    send(broker, producer, out, 'a');
    broker.txnOffsetCommit('g', producer, nobody, offsetOf(5));
    broker.transactions.end(producer, false);
    writeAll(broker);
    expect([values(broker, out), broker.offsets('g').read([source], true).size]).toEqual([[], 0]);
  });

  test('takes no batch and no offsets that were not added to it', () => {
    const broker = world();
    const producer = init(broker);
    expect(() => send(broker, producer, out, 'a')).toThrow(code('invalid-transaction'));
    broker.transactions.addPartitions(producer, [out], 0);
    expect(() => send(broker, producer, also, 'a')).toThrow(code('invalid-transaction'));
    expect(() => broker.txnOffsetCommit('g', producer, nobody, offsetOf(1))).toThrow(
      code('invalid-transaction'),
    );
    expect([out, also].map((at) => broker.partition(at).log.end)).toEqual([0, 0]);
  });

  test('takes a batch that is sent again once, and none after its end, neither before its marker nor after', () => {
    const broker = world();
    const producer = init(broker);
    broker.transactions.addPartitions(producer, [out, also], 0);
    expect([send(broker, producer, out, 'a'), send(broker, producer, out, 'a')]).toEqual([0, 0]);
    broker.transactions.end(producer, true);
    expect(() => send(broker, producer, also, 'late')).toThrow(code('concurrent-transactions'));
    writeAll(broker);
    expect(() => send(broker, producer, also, 'late')).toThrow(code('invalid-transaction'));
    expect(() => send(broker, producer, out, 'a')).toThrow(code('invalid-transaction'));
    expect([values(broker, out), broker.partition(out).log.end]).toEqual([['a'], 2]);
  });
});

describe('a zombie', () => {
  test('of an older epoch may still append where its abort marker is missing, which hides it, and nowhere after', () => {
    const broker = world();
    const old = init(broker);
    broker.transactions.addPartitions(old, [out, also], 0);
    send(broker, old, out, 'a');
    broker.transactions.expire(6_000);
    send(broker, old, out, 'b', 1);
    expect(() => send(broker, old, also, 'c')).toThrow(code('fenced'));
    writeAll(broker);
    expect(() => send(broker, old, out, 'd', 2)).toThrow(code('fenced'));
    const young = init(broker);
    broker.transactions.addPartitions(young, [out], 7_000);
    send(broker, young, out, 'e');
    broker.transactions.end(young, true);
    writeAll(broker);
    expect(values(broker, out)).toEqual(['e']);
  });

  test('of an older generation cannot stage offsets, and what was staged before may still be committed', () => {
    const broker = world();
    const timeouts = { sessionTimeoutMs: 6_000, rebalanceTimeoutMs: 6_000 };
    const group = broker.group('g');
    let member: Committer = nobody;
    group.join({ memberId: null, topics: ['in'], ...timeouts }, 0, (answer) => {
      if ('generation' in answer) member = answer;
    });
    const [early, late] = [init(broker, 'early'), init(broker, 'late')];
    for (const one of [early, late]) broker.transactions.addOffsets(one, 'g', 0);
    broker.txnOffsetCommit('g', early, member, offsetOf(5));
    group.tick(6_000);
    expect(() => broker.txnOffsetCommit('g', late, member, offsetOf(7))).toThrow(code('generation-fenced'));
    expect(() => broker.commitOffsets('g', member, offsetOf(7))).toThrow(code('generation-fenced'));
    for (const one of [early, late]) broker.transactions.end(one, true);
    writeAll(broker);
    expect(broker.offsets('g').read([source], true).get('in/0')?.offset).toBe(5);
  });
});

describe('topics', () => {
  test('one that is there stays as it is, and grows only when told to', () => {
    const broker = world();
    broker.produce(out, [record('a')]);
    broker.createTopics([{ name: 'out', partitions: 5 }]);
    expect(broker.partitions('out')).toBe(2);
    broker.addPartitions('out', 3);
    expect([broker.partitions('out'), values(broker, out), broker.partitions('none')]).toEqual([
      3,
      ['a'],
      undefined,
    ]);
    expect(() => broker.addPartitions('out', 1)).toThrow(code('configuration'));
    expect(() => broker.addPartitions('none', 1)).toThrow(code('configuration'));
  });

  test('a partition that is not there is named', () => {
    expect(() => world().produce({ topic: 'out', partition: 7 }, [record('a')])).toThrow(
      /no partition out\/7/,
    );
  });
});
