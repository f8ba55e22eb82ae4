import fc from 'fast-check';
import { expect, test } from 'vitest';
import { milliseconds } from '../../../topology/model/time.ts';
import type { Batch } from '../../../topology/ports/kafka-driver.ts';
import { Pace } from '../../../topology/runtime/pace.ts';
import { LIMITS } from '../../../topology/runtime/settings.ts';

const LIMIT = { ...LIMITS, commitInterval: milliseconds(100) };

const batchOf = (records: number): Batch => ({
  topic: 't',
  partition: 0,
  records: Array.from({ length: records }, (_, offset) => ({ offset, key: null, value: null, timestamp: 0 })),
  nextOffset: records,
});

/** Polls that bring all there is room for, of records that take so many milliseconds each. */
function polls(pace: Pace, times: number, each: number): number[] {
  return Array.from({ length: times }, () => {
    const { room } = pace;
    pace.took(batchOf(room), room * each);
    pace.committed(0);
    return room;
  });
}

test('who begins takes a little, and as much as it may once records are quick', () => {
  expect(polls(new Pace(LIMIT), 5, 0.03)).toEqual([64, 128, 256, 500, 500]);
});

test('what becomes slow is taken in smaller parts, and in whole ones when it is quick again', () => {
  const pace = new Pace(LIMIT);
  polls(pace, 4, 0.03);
  expect(polls(pace, 5, 1)).toEqual([500, 250, 125, 62, 31]);
  expect(polls(pace, 5, 0.03)).toEqual([31, 62, 124, 248, 496]);
});

test('polls that bring less than there is room for are judged together', () => {
  const pace = new Pace(LIMIT);
  for (let i = 0; i < 63; i++) pace.took(batchOf(1), 100);
  expect(pace.room).toBe(64);
  pace.took(batchOf(1), 100);
  expect(pace.room).toBe(32);
});

test('there is never room for more than the limit, nor for nothing, however long records take', () => {
  const durations = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 40 });
  fc.assert(
    fc.property(durations, fc.integer({ min: 1, max: 600 }), (lasted, pollRecords) => {
      const pace = new Pace({ ...LIMIT, pollRecords });
      for (const time of lasted) {
        pace.took(batchOf(pace.room), time);
        pace.committed(0);
        expect(pace.room).toBeLessThanOrEqual(pollRecords);
        expect(pace.room).toBeGreaterThanOrEqual(Math.min(16, pollRecords));
      }
    }),
  );
});
