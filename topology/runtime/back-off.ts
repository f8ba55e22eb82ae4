import { type Duration, milliseconds } from '../model/time.ts';

/** The first tries follow at once: a lost answer is no outage. */
const AT_ONCE = 2;
const FIRST = 20;
const LONGEST = 1_000;

/** Pause before the next try after so many failures in a row: 0, 0, 20, 40, 80, … at most 1,000 ms. */
export const pauseAfter = (failures: number): Duration =>
  milliseconds(failures <= AT_ONCE ? 0 : Math.min(LONGEST, FIRST * 2 ** (failures - AT_ONCE - 1)));
