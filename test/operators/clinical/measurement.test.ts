import { describe, expect, test } from 'vitest';
import { type MeasurementKind, plausible } from '../../../operators/clinical/measurement.ts';

describe('numbers that no patient has', () => {
  test.each<[MeasurementKind, readonly number[], readonly number[]]>([
    ['RESPIRATORY_RATE', [0.1, 22, 69.9], [0, -4, 70, 118]],
    ['SYSTOLIC_BP', [0.1, 100, 399.9], [0, -1, 400, 11_647]],
    ['GCS_TOTAL', [3, 15], [2, 16, 0]],
    ['GCS_EYE', [1, 4], [0, 5]],
    ['GCS_VERBAL', [1, 5], [0, 6]],
    ['GCS_MOTOR', [1, 6], [0, 7]],
    ['LACTATE', [0.1, 30], [0, 60]],
  ])('%s', (kind, possible, impossible) => {
    expect(possible.filter((value) => !plausible(kind, value))).toEqual([]);
    expect(impossible.filter((value) => plausible(kind, value))).toEqual([]);
    expect([Number.NaN, Number.POSITIVE_INFINITY].filter((value) => plausible(kind, value))).toEqual([]);
  });

  test('an unknown kind has no plausible number', () => {
    expect(plausible('UNKNOWN', 1)).toBe(false);
  });
});
