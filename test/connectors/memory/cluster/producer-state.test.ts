import { describe, expect, test } from 'vitest';
import { Partition } from '../../../../connectors/memory/cluster/partition.ts';
import type { ProducerStamp } from '../../../../connectors/memory/cluster/producer-state.ts';
import { record } from './log-model.ts';

const stamp = (sequence: number, epoch = 0, producerId = 7): ProducerStamp => ({
  producerId,
  epoch,
  sequence,
  transactional: false,
});
const two = [record('a'), record('b')];
const outOfOrder = expect.objectContaining({ code: 'sequence-out-of-order' });
const fenced = expect.objectContaining({ code: 'fenced' });

describe('idempotence in a partition', () => {
  test('a batch sent again is acknowledged with its first offset and is there once', () => {
    const partition = new Partition();
    partition.append([record('other')]);
    for (let i = 0; i < 5; i++) expect(partition.append(two, stamp(2 * i))).toBe(1 + 2 * i);
    for (let i = 0; i < 5; i++) expect(partition.append(two, stamp(2 * i))).toBe(1 + 2 * i);
    expect(partition.log.end).toBe(11);
  });

  test('only the last five are remembered: an older one is out of order, not appended again', () => {
    const partition = new Partition();
    for (let i = 0; i < 6; i++) partition.append(two, stamp(2 * i));
    expect(() => partition.append(two, stamp(0))).toThrow(outOfOrder);
    expect(partition.append(two, stamp(2))).toBe(2);
    expect(partition.log.end).toBe(12);
  });

  test('a gap is out of order and appends nothing', () => {
    const partition = new Partition();
    partition.append(two, stamp(0));
    expect(() => partition.append(two, stamp(3))).toThrow(outOfOrder);
    expect(() => partition.append([record('a')], stamp(0))).toThrow(outOfOrder);
    expect(partition.log.end).toBe(2);
  });

  test('a new epoch begins at sequence 0 and fences the one before', () => {
    const partition = new Partition();
    partition.append(two, stamp(0));
    expect(() => partition.append(two, stamp(2, 1))).toThrow(outOfOrder);
    expect(partition.append(two, stamp(0, 1))).toBe(2);
    expect(() => partition.append(two, stamp(2, 0))).toThrow(fenced);
    expect(() => partition.append(two, stamp(0, 0))).toThrow(fenced);
  });

  test('the marker of a newer epoch fences too, before its producer has written anything', () => {
    const partition = new Partition();
    partition.append(two, { ...stamp(0), transactional: true });
    partition.marker(7, 1, false);
    expect(() => partition.append(two, { ...stamp(2), transactional: true })).toThrow(fenced);
    expect(partition.append(two, { ...stamp(0, 2), transactional: true })).toBe(3);
  });

  test('producers are counted apart', () => {
    const partition = new Partition();
    partition.append(two, stamp(0));
    expect(partition.append(two, stamp(0, 0, 8))).toBe(2);
    expect(partition.append(two, stamp(2))).toBe(4);
  });

  test('a plain batch inside the own transaction is refused', () => {
    const partition = new Partition();
    partition.append(two, { ...stamp(0), transactional: true });
    expect(() => partition.append(two, stamp(2))).toThrow(
      expect.objectContaining({ code: 'invalid-transaction' }),
    );
  });

  test('who wrote what an election lost hears of it at the next batch', () => {
    const partition = new Partition();
    for (let i = 0; i < 7; i++) partition.append(two, stamp(2 * i));
    partition.loseTail(11);
    expect(() => partition.append(two, stamp(14))).toThrow(outOfOrder);
    expect(partition.append(two, stamp(0, 1))).toBe(11);
    partition.loseTail(0);
    expect(() => partition.append(two, stamp(2, 1))).toThrow(outOfOrder);
  });
});
