import { describe, expect, test } from 'vitest';
import { type Dated, infectionPair } from '../../../operators/clinical/infection.ts';
import { DAY, HOUR } from '../events.ts';

const at = (time: number): Dated => ({ day: Math.floor(time / DAY), time });
const on = (day: number): Dated => ({ day, time: undefined });

describe('suspected infection: a culture and a systemic antibiotic close in time', () => {
  test.each<[string, Dated, Dated, string | undefined]>([
    ['culture, antibiotic at once', at(0), at(0), 'CULTURE_THEN_ANTIBIOTIC'],
    ['antibiotic 72 h after the culture', at(0), at(72 * HOUR), 'CULTURE_THEN_ANTIBIOTIC'],
    ['a millisecond more', at(0), at(72 * HOUR + 1), undefined],
    ['culture 24 h after the antibiotic', at(24 * HOUR), at(0), 'ANTIBIOTIC_THEN_CULTURE'],
    ['a millisecond more', at(24 * HOUR + 1), at(0), undefined],
    ['dates: antibiotic three days after', on(0), on(3), 'CULTURE_THEN_ANTIBIOTIC'],
    ['dates: four days after', on(0), on(4), undefined],
    ['dates: culture a day after', on(1), on(0), 'ANTIBIOTIC_THEN_CULTURE'],
    ['dates: two days after', on(2), on(0), undefined],
    ['a time and a date are compared as dates', at(4 * DAY - 1), on(0), undefined],
    ['a time and a date are compared as dates', on(0), at(4 * DAY - 1), 'CULTURE_THEN_ANTIBIOTIC'],
  ])('%s %#', (_what, culture, antibiotic, rule) => {
    expect(infectionPair(culture, antibiotic)?.rule).toBe(rule);
  });

  test('the onset is the earlier day of the two', () => {
    expect(infectionPair(on(5), on(7))).toEqual({
      onsetDay: 5,
      otherDay: 7,
      rule: 'CULTURE_THEN_ANTIBIOTIC',
    });
    expect(infectionPair(on(5), on(4))).toEqual({
      onsetDay: 4,
      otherDay: 5,
      rule: 'ANTIBIOTIC_THEN_CULTURE',
    });
  });
});
