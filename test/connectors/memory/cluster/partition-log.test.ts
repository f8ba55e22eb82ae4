import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PartitionLog } from '../../../../connectors/memory/cluster/partition-log.ts';
import { offsetsOf, type Reader, readsAsTheList, record, rightReader, steps } from './log-model.ts';

const all = Number.POSITIVE_INFINITY;
const committed = { committed: true };
const uncommitted = { committed: false };
const by = (producerId: number): { producerId: number; transactional: boolean } => ({
  producerId,
  transactional: true,
});

describe('a partition read as committed', () => {
  test('is the list of committed records before the first open one, whatever producers, retention and elections do', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 6 }), (taken, most) =>
        readsAsTheList(taken, most, rightReader),
      ),
      { numRuns: 200 },
    );
  });

  const wrong: readonly (readonly [string, Reader])[] = [
    [
      'shows aborted records',
      (log, from, most, options) =>
        log.read(from, most, all, {
          committed: false,
          ...(options.committed ? { before: log.stableEnd } : {}),
        }),
    ],
    ['shows open records', (log, from, most) => log.read(from, most, all, uncommitted)],
    [
      'hides what is not committed from those who want it',
      (log, from, most) => log.read(from, most, all, committed),
    ],
    [
      'stops behind the last record and not behind the marker',
      (log, from, most, options) => {
        const read = log.read(from, most, all, options);
        return { records: read.records, nextOffset: (read.records.at(-1)?.offset ?? from - 1) + 1 };
      },
    ],
    [
      'loses the last of a bounded read',
      (log, from, most, options) => {
        const { records, nextOffset } = log.read(from, most, all, options);
        return { records: records.slice(0, Math.max(1, most - 1)), nextOffset };
      },
    ],
  ];
  test.each(wrong)('a reader that %s is found out by the same property', (_, reader) => {
    const run = fc.check(
      fc.property(steps, fc.integer({ min: 1, max: 6 }), (taken, most) =>
        readsAsTheList(taken, most, reader),
      ),
      { numRuns: 200, endOnFailure: true },
    );
    expect(run.failed).toBe(true);
  });

  test('a commit shows its records, an abort never does, and both markers take an offset', () => {
    const log = new PartitionLog();
    log.append([record('a')], by(1));
    expect([offsetsOf(log.read(0, all, all, committed)), log.stableEnd, log.end]).toEqual([[], 0, 1]);
    log.marker(1, true);
    log.append([record('b')], by(1));
    log.marker(1, false);
    log.append([record('c')]);
    expect(log.read(0, all, all, committed)).toMatchObject({
      records: [{ offset: 0 }, { offset: 4 }],
      nextOffset: 5,
    });
    expect(offsetsOf(log.read(0, all, all, uncommitted))).toEqual([0, 2, 4]);
  });

  test('many aborts of one producer hide nothing that it commits in between', () => {
    const log = new PartitionLog();
    for (let i = 0; i < 10; i++) {
      log.append([record('x'), record('y')], by(1));
      log.marker(1, i % 2 === 0);
    }
    expect(offsetsOf(log.read(0, all, all, committed))).toEqual([0, 1, 6, 7, 12, 13, 18, 19, 24, 25]);
  });

  test('an aborted transaction longer than a read is passed, and a read may begin inside it or at its marker', () => {
    const log = new PartitionLog();
    log.append(
      Array.from({ length: 100 }, () => record('no')),
      by(1),
    );
    log.append([record('yes')], by(2));
    log.append(
      Array.from({ length: 100 }, () => record('no')),
      by(1),
    );
    log.marker(1, false);
    log.marker(2, true);
    for (const from of [0, 1, 50, 100]) {
      expect(log.read(from, 1, 2, committed)).toMatchObject({ records: [{ offset: 100 }], nextOffset: 203 });
    }
    for (const from of [101, 150, 201, 202, 203]) {
      expect(log.read(from, 1, 2, committed)).toEqual({ records: [], nextOffset: 203 });
    }
  });

  test('an open transaction holds back what others have committed behind it', () => {
    const log = new PartitionLog();
    log.append([record('open')], by(1));
    log.append([record('done')], by(2));
    log.marker(2, true);
    log.append([record('plain')]);
    expect(log.read(0, all, all, committed)).toEqual({ records: [], nextOffset: 0 });
    log.marker(1, true);
    expect(offsetsOf(log.read(0, all, all, committed))).toEqual([0, 1, 3]);
  });
});

describe('the bounds of a read', () => {
  test('both are kept, but one record is given at least', () => {
    const log = new PartitionLog();
    log.append(['aaaa', 'bbbb', 'cccc', 'dddd'].map(record));
    expect(log.read(0, 2, all, uncommitted)).toMatchObject({ records: [{}, {}], nextOffset: 2 });
    expect(log.read(1, all, 8, uncommitted)).toMatchObject({ records: [{}, {}], nextOffset: 3 });
    expect(log.read(1, all, 1, uncommitted)).toMatchObject({ records: [{ offset: 1 }], nextOffset: 2 });
    expect(log.read(0, all, all, { committed: true, before: 3 })).toMatchObject({
      records: [{}, {}, {}],
      nextOffset: 3,
    });
  });

  test('an offset before the start or behind the end is out of range', () => {
    const log = new PartitionLog();
    log.append(['a', 'b', 'c'].map(record));
    log.truncate(1);
    const outOfRange = expect.objectContaining({ code: 'log-truncated' });
    expect(() => log.read(0, 1, 1, committed)).toThrow(outOfRange);
    expect(() => log.read(4, 1, 1, committed)).toThrow(outOfRange);
    expect(log.read(3, 1, 1, committed)).toEqual({ records: [], nextOffset: 3 });
  });
});

describe('a log that is cut', () => {
  test('retention inside an open transaction leaves the rest open, and its abort hides the rest', () => {
    const log = new PartitionLog();
    log.append(['a', 'b', 'c'].map(record), by(1));
    log.append([record('d')]);
    log.truncate(2);
    expect([log.start, log.stableEnd]).toEqual([2, 2]);
    log.marker(1, false);
    expect(offsetsOf(log.read(2, all, all, committed))).toEqual([3]);
  });

  test('many records go without the rest losing its place', () => {
    const log = new PartitionLog();
    log.append(Array.from({ length: 10_000 }, (_, i) => record(String(i))));
    log.truncate(9_000);
    log.append([record('10000')]);
    const { records } = log.read(9_999, 2, all, committed);
    expect(records.map(({ offset, value }) => [offset, Buffer.from(value ?? []).toString()])).toEqual([
      [9_999, '9999'],
      [10_000, '10000'],
    ]);
  });

  test('what takes the offsets of lost aborted records is not hidden with them', () => {
    const log = new PartitionLog();
    log.append(['a', 'b', 'c'].map(record), by(1));
    log.marker(1, false);
    log.loseTail(1);
    log.append(['d', 'e'].map(record));
    expect(offsetsOf(log.read(0, all, all, committed))).toEqual([1, 2]);
  });

  test('an election that loses the tail gives its offsets to other records', () => {
    const log = new PartitionLog();
    log.append(['a', 'b'].map(record), by(1));
    log.append([record('c')], by(2));
    log.loseTail(1);
    expect([log.end, log.isOpen(1), log.isOpen(2)]).toEqual([1, true, false]);
    log.marker(1, true);
    expect(log.append([record('d')])).toBe(2);
    expect(offsetsOf(log.read(0, all, all, committed))).toEqual([0, 2]);
  });
});
