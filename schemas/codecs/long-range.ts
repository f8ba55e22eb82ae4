/**
 * The longs that a codec reads and writes. A double is exact up to 2^53; avsc refuses 2^53 - 1, and below -2^52
 * it loses the sign in its zigzag arithmetic, so both ends stop where both implementations agree.
 */
export const LONG_MIN: number = -(2 ** 52);
export const LONG_MAX: number = 2 ** 53 - 2;

export const isLong = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= LONG_MIN && value <= LONG_MAX;

export const isInt = (value: unknown): value is number => typeof value === 'number' && (value | 0) === value;
