import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decided } from '../../../operators/clinical/comparator.ts';
import { GCS, RR, SBP } from '../../../operators/clinical/criterion.ts';
import { meets, qsofa } from '../../../operators/clinical/qsofa.ts';

const verdict = (criterion: number, comparator: string, bound: number): 'met' | 'not met' | 'undecided' => {
  const value = decided(qsofa, criterion, comparator, bound);
  if (value === undefined) return 'undecided';
  return meets(qsofa, criterion, value) ? 'met' : 'not met';
};

describe('a quantity with a comparator is usable only when the whole half-line decides', () => {
  test.each([
    ['RR', RR, '>', 40, 'met'],
    ['RR', RR, '<', 40, 'undecided'],
    ['RR', RR, '>=', 22, 'met'],
    ['RR', RR, '>', 22, 'met'],
    ['RR', RR, '>', 21.9, 'undecided'],
    ['RR', RR, '<', 22, 'not met'],
    ['RR', RR, '<=', 22, 'undecided'],
    ['RR', RR, '<=', 21.9, 'not met'],
    ['SBP', SBP, '<', 60, 'met'],
    ['SBP', SBP, '>', 250, 'not met'],
    ['SBP', SBP, '<=', 100, 'met'],
    ['SBP', SBP, '<', 100, 'met'],
    ['SBP', SBP, '<', 100.1, 'undecided'],
    ['SBP', SBP, '>', 100, 'not met'],
    ['SBP', SBP, '>=', 100, 'undecided'],
    ['GCS', GCS, '<', 15, 'met'],
    ['GCS', GCS, '<', 9, 'met'],
    ['GCS', GCS, '>', 8, 'undecided'],
    ['GCS', GCS, '>=', 15, 'not met'],
    ['RR', RR, 'ad', 40, 'undecided'],
    ['RR', RR, '', 40, 'undecided'],
    ['RR', RR, '=', 40, 'undecided'],
  ])('%s %#: %s %d is %s', (_name, criterion, comparator, bound, expected) => {
    expect(verdict(criterion, comparator, bound)).toBe(expected);
  });

  test('what is decided holds for every number of the half-line', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(GCS, RR, SBP),
        fc.constantFrom('<', '<=', '>', '>='),
        fc.double({ min: 0, max: 300, noNaN: true }),
        fc.double({ min: 0, max: 300, noNaN: true }),
        (criterion, comparator, bound, distance) => {
          const value = decided(qsofa, criterion, comparator, bound);
          const on = comparator.startsWith('>') ? bound + distance : bound - distance;
          const inside = comparator.endsWith('=') || on !== bound;
          if (value !== undefined && inside)
            expect(meets(qsofa, criterion, on)).toBe(meets(qsofa, criterion, value));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
