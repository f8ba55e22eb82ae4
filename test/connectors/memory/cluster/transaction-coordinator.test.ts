import { describe, expect, test } from 'vitest';
import {
  type Marker,
  type ProducerIdentity,
  TransactionCoordinator,
} from '../../../../connectors/memory/cluster/transaction-coordinator.ts';
import { StreamsError } from '../../../../topology/model/errors.ts';

const at = (partition: number): { topic: string; partition: number } => ({ topic: 'out', partition });
const code = (wanted: string): unknown => expect.objectContaining({ code: wanted });

interface World {
  readonly coordinator: TransactionCoordinator;
  /** What was written where, in words. */
  readonly written: string[];
  readonly init: (id?: string) => ProducerIdentity;
  readonly writeAll: () => void;
}

function world(): World {
  const written: string[] = [];
  const outcome = (committed: boolean): string => (committed ? 'commit' : 'abort');
  const coordinator = new TransactionCoordinator({
    partition: ({ topic, partition }) => {
      if (partition > 2) throw new StreamsError('configuration', 'There is no such partition.');
      return {
        marker: (producerId, epoch, committed) =>
          written.push(`${topic}/${partition} ${producerId}:${epoch} ${outcome(committed)}`),
      };
    },
    offsets: (groupId) => ({
      resolve: (producerId, committed) => written.push(`${groupId} ${producerId} ${outcome(committed)}`),
    }),
  });
  return {
    coordinator,
    written,
    init: (transactionalId = 't') => ({
      transactionalId,
      ...coordinator.initProducerId(transactionalId, 5_000),
    }),
    writeAll: () => coordinator.pendingMarkers().forEach((marker) => coordinator.writeMarker(marker)),
  };
}

describe('producer ids', () => {
  test('each call without a transactional id gives another one; with an id the epoch grows and fences', () => {
    const { coordinator, init } = world();
    const ids = [0, 1].map(() => coordinator.initProducerId(null, 0).producerId);
    const [old, young] = [init(), init()];
    expect(new Set([...ids, old.producerId]).size).toBe(3);
    expect([young.producerId, young.epoch]).toEqual([old.producerId, old.epoch + 1]);
    expect(() => coordinator.addPartitions(old, [at(0)], 0)).toThrow(code('fenced'));
    expect(() => coordinator.addOffsets(old, 'g', 0)).toThrow(code('fenced'));
    expect(() => coordinator.end(old, true)).toThrow(code('fenced'));
    coordinator.addPartitions(young, [at(0)], 0);
  });

  test('a restart under the same id aborts what was left open, and gets its epoch once that is written', () => {
    const { coordinator, written, init, writeAll } = world();
    const old = init();
    coordinator.addPartitions(old, [at(0)], 0);
    expect(() => init()).toThrow(code('concurrent-transactions'));
    expect(() => init()).toThrow(code('concurrent-transactions'));
    expect(() => coordinator.end(old, true)).toThrow(code('fenced'));
    writeAll();
    expect(written).toEqual([`out/0 ${old.producerId}:1 abort`]);
    expect(init().epoch).toBe(2);
  });

  test('a restart waits for the markers of a decided transaction, and does not turn it round', () => {
    const { coordinator, written, init, writeAll } = world();
    const old = init();
    coordinator.addPartitions(old, [at(0)], 0);
    coordinator.end(old, true);
    expect(() => init()).toThrow(code('concurrent-transactions'));
    writeAll();
    expect([written, init().epoch]).toEqual([[`out/0 ${old.producerId}:0 commit`], 1]);
  });
});

describe('the end of a transaction', () => {
  test('is acknowledged before its markers, which may come in any order; until the last, nothing new begins', () => {
    const { coordinator, written, init } = world();
    const producer = init();
    coordinator.addPartitions(producer, [at(0), at(1)], 0);
    coordinator.addOffsets(producer, 'g', 0);
    coordinator.end(producer, true);
    expect(written).toEqual([]);
    const markers = coordinator.pendingMarkers().toReversed();
    expect(markers).toHaveLength(3);
    for (const marker of markers) {
      expect(() => coordinator.addPartitions(producer, [at(2)], 0)).toThrow(code('concurrent-transactions'));
      expect(() => coordinator.addOffsets(producer, 'g', 0)).toThrow(code('concurrent-transactions'));
      coordinator.writeMarker(marker);
    }
    const { producerId } = producer;
    expect(written).toEqual([
      `g ${producerId} commit`,
      `out/1 ${producerId}:0 commit`,
      `out/0 ${producerId}:0 commit`,
    ]);
    coordinator.addPartitions(producer, [at(2)], 0);
    coordinator.end(producer, false);
    expect(coordinator.pendingMarkers()).toMatchObject([{ at: at(2), committed: false }]);
  });

  test('a marker is written once, however often it is asked for', () => {
    const { coordinator, written, init } = world();
    const producer = init();
    coordinator.addPartitions(producer, [at(0), at(1)], 0);
    coordinator.end(producer, true);
    const first = coordinator.pendingMarkers()[0] as Marker;
    coordinator.writeMarker(first);
    coordinator.writeMarker(first);
    expect(written).toHaveLength(1);
    expect(() => init()).toThrow(code('concurrent-transactions'));
  });

  test.each([true, false])(
    'said again is right once it is written, and the other way is not (commit %s)',
    (commit) => {
      const { coordinator, init, writeAll } = world();
      const producer = init();
      coordinator.addPartitions(producer, [at(0)], 0);
      coordinator.end(producer, commit);
      expect(() => coordinator.end(producer, commit)).toThrow(code('concurrent-transactions'));
      expect(() => coordinator.end(producer, !commit)).toThrow(code('invalid-transaction'));
      writeAll();
      coordinator.end(producer, commit);
      expect(() => coordinator.end(producer, !commit)).toThrow(code('invalid-transaction'));
      expect(coordinator.pendingMarkers()).toEqual([]);
    },
  );

  test('with nothing open is refused', () => {
    const { coordinator, init } = world();
    const producer = init();
    expect(() => coordinator.end(producer, true)).toThrow(code('invalid-transaction'));
    expect(() => coordinator.end(producer, false)).toThrow(code('invalid-transaction'));
  });

  test('of a transaction to which nothing was added is complete at once', () => {
    const { coordinator, init } = world();
    const producer = init();
    coordinator.addPartitions(producer, [], 0);
    coordinator.end(producer, true);
    coordinator.addPartitions(producer, [at(0)], 0);
  });
});

test('of partitions of which one is not there none is added, and no transaction is opened', () => {
  const { coordinator, init } = world();
  const producer = init();
  expect(() => coordinator.addPartitions(producer, [at(0), at(9)], 0)).toThrow(code('configuration'));
  expect(() => coordinator.end(producer, true)).toThrow(code('invalid-transaction'));
});

describe('a transaction that stays open', () => {
  test('is aborted behind its time-out, which counts from its first partition, and its owner is fenced', () => {
    const { coordinator, written, init, writeAll } = world();
    const producer = init();
    coordinator.addPartitions(producer, [at(0)], 1_000);
    coordinator.addPartitions(producer, [at(1)], 5_000);
    coordinator.expire(6_000);
    expect(coordinator.pendingMarkers()).toEqual([]);
    coordinator.expire(6_001);
    expect(() => coordinator.addPartitions(producer, [at(2)], 6_001)).toThrow(code('fenced'));
    writeAll();
    expect(written).toEqual([0, 1].map((p) => `out/${p} ${producer.producerId}:1 abort`));
    expect(() => coordinator.end(producer, false)).toThrow(code('fenced'));
    expect(init().epoch).toBe(2);
  });

  test('is left alone once it is decided, however late its markers are', () => {
    const { coordinator, init } = world();
    const producer = init();
    coordinator.addPartitions(producer, [at(0)], 0);
    coordinator.end(producer, true);
    coordinator.expire(1_000_000);
    expect(coordinator.pendingMarkers()).toMatchObject([{ committed: true }]);
  });
});

describe('what a leader asks before the first batch', () => {
  test('only what was added to the open transaction of just this epoch may be written', () => {
    const { coordinator, init, writeAll } = world();
    const producer = init();
    const { producerId, epoch } = producer;
    expect(() => coordinator.verify(producerId, epoch, at(0))).toThrow(code('invalid-transaction'));
    coordinator.addPartitions(producer, [at(0)], 0);
    coordinator.addOffsets(producer, 'g', 0);
    coordinator.verify(producerId, epoch, at(0));
    coordinator.verify(producerId, epoch, { groupId: 'g' });
    expect(() => coordinator.verify(producerId, epoch, at(1))).toThrow(code('invalid-transaction'));
    expect(() => coordinator.verify(producerId, epoch, { groupId: 'h' })).toThrow(
      code('invalid-transaction'),
    );
    expect(() => coordinator.verify(producerId, epoch - 1, at(0))).toThrow(code('fenced'));
    expect(() => coordinator.verify(99, 0, at(0))).toThrow(code('fenced'));
    coordinator.end(producer, true);
    expect(() => coordinator.verify(producerId, epoch, at(0))).toThrow(code('concurrent-transactions'));
    writeAll();
    expect(() => coordinator.verify(producerId, epoch, at(0))).toThrow(code('invalid-transaction'));
  });
});
