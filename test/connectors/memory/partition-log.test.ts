import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PartitionLog } from '../../../connectors/memory/partition-log.ts';
import { text } from '../../../topology/model/codec.ts';

const record = (value: string): { timestamp: number; key: null; value: Uint8Array } => ({
  timestamp: 0,
  key: null,
  value: text.encode(value),
});

const all = Number.POSITIVE_INFINITY;
const offsetsOf = ({ records }: ReturnType<PartitionLog['read']>): number[] =>
  records.map(({ offset }) => offset);

describe('partition log', () => {
  test('a marker takes an offset, is never delivered, and reading steps over it', () => {
    const log = new PartitionLog();
    log.append(record('a'));
    log.appendMarker();
    log.append(record('b'));
    log.appendMarker();
    expect(log.end).toBe(4);
    expect(offsetsOf(log.read(0, all, all))).toEqual([0, 2]);
    expect(log.read(0, all, all).nextOffset).toBe(4);
    expect(log.read(1, all, all)).toMatchObject({ records: [{ offset: 2 }], nextOffset: 4 });
    expect(log.read(3, all, all)).toEqual({ records: [], nextOffset: 4 });
  });

  test('a read keeps to both bounds but gives one record at least', () => {
    const log = new PartitionLog();
    for (const value of ['aaaa', 'bbbb', 'cccc', 'dddd']) log.append(record(value));
    expect(log.read(0, 2, all)).toMatchObject({ records: [{ offset: 0 }, { offset: 1 }], nextOffset: 2 });
    expect(log.read(1, all, 8)).toMatchObject({ records: [{ offset: 1 }, { offset: 2 }], nextOffset: 3 });
    expect(log.read(1, all, 1)).toMatchObject({ records: [{ offset: 1 }], nextOffset: 2 });
    expect(log.read(0, all, all, 3)).toMatchObject({ records: [{}, {}, {}], nextOffset: 3 });
  });

  test('what is truncated is gone, and the offsets of the rest stay', () => {
    const log = new PartitionLog();
    for (const value of ['a', 'b', 'c']) log.append(record(value));
    log.truncate(2);
    expect(log.start).toBe(2);
    expect(offsetsOf(log.read(0, all, all))).toEqual([2]);
    log.truncate(1);
    expect(log.start).toBe(2);
    log.truncate(99);
    expect([log.start, log.end]).toEqual([3, 3]);
    expect(log.append(record('d'))).toBe(3);
    expect(offsetsOf(log.read(3, all, all))).toEqual([3]);
  });

  test('reads what a list with gaps would give, whatever is appended, marked and truncated', () => {
    const action = fc.oneof(
      { weight: 5, arbitrary: fc.constant('append' as const) },
      { weight: 2, arbitrary: fc.constant('mark' as const) },
      { weight: 1, arbitrary: fc.nat({ max: 60 }) },
    );
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 120 }),
        fc.nat({ max: 140 }),
        fc.integer({ min: 1, max: 9 }),
        (actions, from, most) => {
          const log = new PartitionLog();
          let [start, end] = [0, 0];
          let offsets: number[] = [];
          for (const one of actions) {
            if (one === 'append') {
              offsets.push(end);
              expect(log.append(record('x'))).toBe(end++);
            } else if (one === 'mark') {
              log.appendMarker();
              end++;
            } else {
              log.truncate(one);
              start = Math.max(start, Math.min(one, end));
              offsets = offsets.filter((offset) => offset >= start);
            }
          }
          expect([log.start, log.end]).toEqual([start, end]);
          const rest = offsets.filter((offset) => offset >= from);
          const { records, nextOffset } = log.read(from, most, all);
          expect(records.map(({ offset }) => offset)).toEqual(rest.slice(0, most));
          expect(nextOffset).toBe(rest[most] ?? Math.max(from, end));
        },
      ),
    );
  });

  test('lets go of many records without losing its place', () => {
    const log = new PartitionLog();
    for (let i = 0; i < 10_000; i++) log.append(record(String(i)));
    log.truncate(9_000);
    for (let i = 10_000; i < 10_100; i++) log.append(record(String(i)));
    const { records } = log.read(9_999, 2, all);
    expect(records.map(({ offset, value }) => [offset, String(Buffer.from(value ?? []))])).toEqual([
      [9_999, '9999'],
      [10_000, '10000'],
    ]);
  });
});
