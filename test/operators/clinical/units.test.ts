import { describe, expect, test } from 'vitest';
import { canonical, type Dimension, UCUM } from '../../../operators/clinical/units.ts';

const bare = { system: undefined, code: undefined, unit: undefined };
const asCode = (dimension: Dimension, value: number, code: string) =>
  canonical(dimension, value, { system: UCUM, code, unit: undefined });
const asText = (dimension: Dimension, value: number, unit: string) =>
  canonical(dimension, value, { ...bare, unit });

describe('respiratory rate', () => {
  test.each(['/min', '1/min', '{breaths}/min'])('%s is per minute', (code) => {
    expect(asCode('respiratory-rate', 22, code)).toEqual({ value: 22, assumed: false });
  });

  test.each([
    'breaths/minute',
    'breaths/min',
    'insp/min',
    'BPM',
    'bpm',
    'beats/minute',
    'Breaths / Minute',
    '/min',
    'per minute',
  ])('the text "%s" is per minute', (unit) => {
    expect(asText('respiratory-rate', 22, unit)).toEqual({ value: 22, assumed: false });
  });

  test('per second x 60, per hour / 60, unrounded', () => {
    expect(asCode('respiratory-rate', 0.3667, '/s')?.value).toBeCloseTo(22.002, 10);
    expect(asCode('respiratory-rate', 0.3666, '/s')?.value).toBeLessThan(22);
    expect(asCode('respiratory-rate', 1_320, '/h')).toEqual({ value: 22, assumed: false });
  });
});

describe('systolic pressure', () => {
  test.each(['mm[Hg]', 'mmHg', 'mm Hg', 'MMHG'])('%s', (unit) => {
    expect(asText('pressure', 100, unit)).toEqual({ value: 100, assumed: false });
    expect(asCode('pressure', 100, unit)).toEqual({ value: 100, assumed: false });
  });

  test('13.3 kPa is at most 100 mm[Hg], 13.4 kPa is not', () => {
    expect(asCode('pressure', 13.3, 'kPa')?.value).toBeCloseTo(99.758, 3);
    expect(asCode('pressure', 13.4, 'kPa')?.value).toBeCloseTo(100.508, 3);
  });
});

describe('scores and lactate', () => {
  test.each(['{score}', '1'])('a score in %s', (code) => {
    expect(asCode('score', 14, code)).toEqual({ value: 14, assumed: false });
  });

  test('a score without a unit is nothing to mark', () => {
    expect(canonical('score', 14, bare)).toEqual({ value: 14, assumed: false });
  });

  test('lactate in mmol/L, and in mg/dL divided by 9.008', () => {
    expect(asCode('lactate', 2, 'mmol/L')).toEqual({ value: 2, assumed: false });
    expect(asCode('lactate', 18.016, 'mg/dL')?.value).toBeCloseTo(2, 12);
  });
});

describe('which element says the unit', () => {
  test('the code, when the system is UCUM, whatever the text says', () => {
    expect(
      canonical('respiratory-rate', 22, { system: UCUM, code: '/min', unit: 'beats/minute' })?.value,
    ).toBe(22);
    expect(canonical('pressure', 13, { system: UCUM, code: 'kPa', unit: 'mmHg' })?.value).toBeCloseTo(
      97.508,
      3,
    );
  });

  test('the text, when the code is of another system', () => {
    expect(
      canonical('pressure', 100, { system: 'http://snomed.info/sct', code: '259018001', unit: 'mmHg' })
        ?.value,
    ).toBe(100);
  });

  test('a code of another system alone is not guessed', () => {
    expect(
      canonical('pressure', 100, { system: 'http://snomed.info/sct', code: '259018001', unit: undefined }),
    ).toBeUndefined();
  });

  test.each([
    ['no unit at all', bare],
    ['a system, and neither unit nor code (Synthea 2019)', { ...bare, system: UCUM }],
    ['empty texts', { system: UCUM, code: '', unit: '' }],
  ])('%s: the canonical unit is assumed and marked', (_what, unit) => {
    expect(canonical('pressure', 100, unit)).toEqual({ value: 100, assumed: true });
    expect(canonical('respiratory-rate', 22, unit)).toEqual({ value: 22, assumed: true });
  });

  test.each<[Dimension, string]>([
    ['respiratory-rate', 'mm[Hg]'],
    ['respiratory-rate', 'furlong'],
    ['respiratory-rate', '%'],
    ['pressure', '/min'],
    ['pressure', 'Pa'],
    ['pressure', 'cm[H2O]'],
    ['pressure', ' '],
    ['score', 'mm[Hg]'],
    ['lactate', 'g/L'],
    ['pressure', 'constructor'],
  ])('%s in "%s" is refused, never guessed', (dimension, unit) => {
    expect(asCode(dimension, 20, unit)).toBeUndefined();
    expect(asText(dimension, 20, unit)).toBeUndefined();
  });

  test('more spellings than are remembered change no answer', () => {
    for (let i = 0; i < 5_000; i++) expect(asText('pressure', 1, `unit ${i}`)).toBeUndefined();
    expect(asText('pressure', 100, 'mm  Hg')?.value).toBe(100);
  });
});
