import { describe, expect, test } from 'vitest';
import { age, counted, criterionText, dayTime, grouped } from '../../../app/console/words.ts';
import { criterion } from './sample-view.ts';

const MINUTE = 60_000;

describe('words', () => {
  test.each([
    [0, '0m'],
    [-5 * MINUTE, '0m'],
    [99.9 * MINUTE, '99m'],
    [100 * MINUTE, '1h'],
    [359 * MINUTE, '5h'],
    [99 * 60 * MINUTE, '99h'],
    [100 * 60 * MINUTE, '4d'],
  ])('an age of %i ms is %s: rounded down, as ages are', (ms, text) => {
    expect(age(ms)).toBe(text);
  });

  test('numbers are grouped the same way everywhere', () => {
    expect([0, 999, 1_000, 18_022, 1_234_567].map(grouped)).toEqual([
      '0',
      '999',
      '1,000',
      '18,022',
      '1,234,567',
    ]);
    expect([0, 1, 2].map((n) => counted(n, 'patient'))).toEqual(['0 patients', '1 patient', '2 patients']);
  });

  test('a time of day names its day and zone', () => {
    expect(dayTime(Date.UTC(2026, 0, 5, 8, 42))).toBe('Mon 05 Jan 08:42 UTC');
  });

  test('a criterion names value, unit, marks and age', () => {
    expect(criterionText(criterion('SBP', 99.7582, 3))).toBe('SBP 99.8 mmHg 3m');
    expect(criterionText(criterion('RR', 22, 3, { preliminary: true, unitAssumed: true }))).toBe(
      'RR 22/min*? 3m',
    );
    expect(criterionText(criterion('GCS', 14, 3))).toBe('GCS 14 3m');
    const acvpu = { ...criterion('GCS', 0, 3), value: null, words: 'not alert' };
    expect(criterionText(acvpu)).toBe('GCS not alert 3m');
  });
});
