import { describe, expect, test } from 'vitest';
import { GCS, RR, SBP } from '../../../operators/clinical/criterion.ts';
import { meets, qsofa } from '../../../operators/clinical/qsofa.ts';

describe('thresholds of qSOFA, and one step to either side', () => {
  test.each([
    ['RR', RR, 21.9, false],
    ['RR', RR, 22 - Number.EPSILON * 16, false],
    ['RR', RR, 22, true],
    ['RR', RR, 22.1, true],
    ['SBP', SBP, 99.9, true],
    ['SBP', SBP, 100, true],
    ['SBP', SBP, 100 + Number.EPSILON * 64, false],
    ['SBP', SBP, 100.1, false],
    ['GCS', GCS, 13, true],
    ['GCS', GCS, 14, true],
    ['GCS', GCS, 15, false],
  ])('%s %#: %s', (_name, criterion, value, met) => {
    expect(meets(qsofa, criterion, value)).toBe(met);
  });

  test.each([
    [14, [true, false, false]],
    [15, [true, true, false]],
    [16, [true, true, true]],
  ])('the GCS cut-off is a setting: below %i', (gcsBelow, met) => {
    expect([13, 14, 15].map((value) => meets({ ...qsofa, gcsBelow }, GCS, value))).toEqual(met);
  });

  test('what is no criterion is never met', () => {
    expect([-1, 3].map((criterion) => meets(qsofa, criterion, 0))).toEqual([false, false]);
  });
});
