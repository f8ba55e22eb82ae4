import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OffsetTracker } from '../../../connectors/sink/offset-tracker.ts';
import { NONE_AHEAD, readStanding, standingText } from '../../../connectors/sink/standing.ts';

/** Gaps are control records, and records of aborted transactions. */
const offsets = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 60 }).map((gaps) => {
  let at = 5;
  return gaps.map((gap) => (at += gap));
});

test('whatever ends in whatever order, all before the offset to commit is over, and nothing after it that is over is open', () => {
  fc.assert(
    fc.property(offsets, fc.infiniteStream(fc.nat()), (all, draws) => {
      const tracker = new OffsetTracker(all[0] ?? 0);
      const open = new Set<number>();
      const left = [...all];
      while (left.length > 0 || open.size > 0) {
        const draw = draws.next().value ?? 0;
        const next = draw % 2 === 0 || open.size === 0 ? left.shift() : undefined;
        if (next === undefined) {
          const over = [...open][draw % open.size] ?? 0;
          open.delete(over);
          tracker.end(over);
        } else {
          expect(tracker.begin(next)).toBe(true);
          open.add(next);
          tracker.reached(next + 1);
        }
        const begun = all.slice(0, all.length - left.length);
        expect(tracker.pending).toBe(open.size);
        expect(tracker.next).toBe(Math.min(...open, (begun.at(-1) ?? 0) + 1));
        expect(tracker.ahead.until).toBe((begun.at(-1) ?? 0) + 1);
        expect([...tracker.ahead.open]).toEqual([...open]);
      }
    }),
  );
});

test('who begins where another stopped carries out exactly what was open, however far either came', () => {
  fc.assert(
    fc.property(offsets, fc.infiniteStream(fc.boolean()), fc.nat({ max: 60 }), (all, draws, reached) => {
      const drawn = (): boolean => draws.next().value === true;
      const start = all[0] ?? 0;
      let tracker = new OffsetTracker(start);
      const over: number[] = [];
      for (const upTo of [reached, all.length - 1, all.length - 1]) {
        const { next, ahead } = tracker;
        const said = readStanding(next, standingText(next, { began: 7, ahead }, 'a'));
        expect(said.began).toBe(7);
        tracker = new OffsetTracker(next, said.ahead);
        for (const offset of all.filter((one, i) => one >= next && i <= upTo)) {
          if (!tracker.begin(offset)) continue;
          expect(over).not.toContain(offset);
          tracker.reached(offset + 1);
          if (!drawn()) continue;
          tracker.end(offset);
          over.push(offset);
        }
        // What is over and lies before what is to be committed is all that does.
        expect(all.filter((one) => one < tracker.next && !over.includes(one))).toEqual([]);
      }
    }),
  );
});

test('what does not fit beside an offset is open', () => {
  const open = new Set(Array.from({ length: 5_000 }, (_, i) => 10 + 3 * i));
  const text = standingText(10, { began: 1, ahead: { until: 30_000, open } }, 'a');
  expect(Buffer.byteLength(text)).toBeLessThan(4_096);
  const { ahead } = readStanding(10, text);
  expect(ahead.until).toBeLessThan(30_000);
  expect(ahead.until).toBeGreaterThan(3_000);
  for (const offset of ahead.open) expect(open).toContain(offset);
  expect(open).toContain(ahead.until);
});

test.each([1, 2, 100, 127, 128, 300, 20_000])(
  'the longest of slots leaves what a broker takes, and what is left out is only carried out again: every %i records',
  (gap) => {
    const next = 2 ** 52;
    const slot = 's'.repeat(100);
    for (const count of [1, 100, 1_500, 2_900, 2_950, 3_000, 10_000]) {
      const open = new Set(Array.from({ length: count }, (_, i) => next + gap * i));
      const until = next + gap * count;
      const text = standingText(next, { began: 1_767_600_000_000, ahead: { until, open } }, slot);
      expect(text.length).toBeLessThanOrEqual(4_096);
      const said = readStanding(next, text);
      expect(said.began).toBe(1_767_600_000_000);
      // No more is left out than has to be: one more may take a few bytes.
      if (said.ahead.until < until) expect(text.length).toBeGreaterThan(4_096 - 8);
      else expect([...said.ahead.open]).toEqual([...open]);
      const tracker = new OffsetTracker(next, said.ahead);
      for (let offset = next; offset < until; offset += gap) {
        expect(tracker.begin(offset)).toBe(true);
        if (gap > 1) expect(tracker.begin(offset + 1)).toBe(offset + 1 >= said.ahead.until);
      }
    }
  },
);

test.each(['', 'x', 'null', '{}', '{"v":2,"began":1}', '{"v":1,"until":"x"}', '{"v":1,"until":9,"open":3}'])(
  'of %j nothing is known',
  (text) => {
    expect(readStanding(3, text)).toEqual({ began: undefined, ahead: NONE_AHEAD });
  },
);

test('large offsets and long gaps come back as they were', () => {
  const open = new Set([2 ** 40, 2 ** 40 + 127, 2 ** 40 + 128, 2 ** 45]);
  const ahead = { until: 2 ** 46, open };
  expect(readStanding(2 ** 40, standingText(2 ** 40, { began: undefined, ahead }, 'a')).ahead).toEqual(ahead);
});
