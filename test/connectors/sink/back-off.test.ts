import { expect, test } from 'vitest';
import { pauseAfter, retryAfterOf } from '../../../connectors/sink/back-off.ts';

test('pauses double from 300 ms to a minute, the upper half of each by chance', () => {
  expect([1, 2, 3, 8, 9, 10, 1_000].map((failures) => pauseAfter(failures, 0, undefined))).toEqual([
    150, 300, 600, 19_200, 30_000, 30_000, 30_000,
  ]);
  expect(pauseAfter(1, 0.999, undefined)).toBe(300);
  expect(pauseAfter(50, 0.999, undefined)).toBe(59_970);
});

test('who says how long to wait is believed, but no pause gets shorter by it', () => {
  expect(pauseAfter(1, 0, 90_000)).toBe(90_000);
  expect(pauseAfter(50, 0, 10)).toBe(30_000);
});

test('Retry-After is read as seconds or a date, and at most an hour is believed', () => {
  const now = Date.parse('2026-01-05T10:00:00Z');
  expect(retryAfterOf('30', now)).toBe(30_000);
  expect(retryAfterOf('Mon, 05 Jan 2026 10:02:00 GMT', now)).toBe(120_000);
  expect(retryAfterOf('86400', now)).toBe(3_600_000);
  for (const nothing of [undefined, null, '', ' ', 'soon', '-1', '0', 'Mon, 05 Jan 2026 09:00:00 GMT'])
    expect(retryAfterOf(nothing, now)).toBeUndefined();
});
