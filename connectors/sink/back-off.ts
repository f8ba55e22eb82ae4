import { type Duration, milliseconds } from '../../topology/model/time.ts';

const FIRST = 300;
const LONGEST = 60_000;

/**
 * Pause before the next try after so many failures in a row: half of it fixed and half by chance, so that many do not come
 * back at once; 300 ms at first, a minute at most (Kafka Connect's figures). Whoever said how long to wait is believed.
 * `chance` in [0, 1); `retryAfter` in milliseconds.
 */
export function pauseAfter(failures: number, chance: number, retryAfter: number | undefined): Duration {
  const longest = Math.min(LONGEST, FIRST * 2 ** Math.min(failures - 1, 20));
  const pause = longest / 2 + (longest / 2) * chance;
  return milliseconds(Math.round(Math.max(pause, retryAfter ?? 0)));
}

/** Milliseconds of a `Retry-After` header, in seconds or as a date; undefined when it says nothing. At most an hour is believed. */
export function retryAfterOf(header: string | null | undefined, now: number): number | undefined {
  if (header === null || header === undefined || header.trim() === '') return undefined;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - now;
  return Number.isFinite(wait) && wait > 0 ? Math.min(wait, 3_600_000) : undefined;
}
