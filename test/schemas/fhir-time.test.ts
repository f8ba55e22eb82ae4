import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instantMs, isDate, writtenDay } from '../../schemas/fhir/time.ts';

const two = (n: number): string => String(n).padStart(2, '0');
const zone = fc.oneof(
  fc.constant('Z'),
  fc
    .record({
      sign: fc.constantFrom('+', '-'),
      hours: fc.integer({ min: 0, max: 13 }),
      minutes: fc.integer({ min: 0, max: 59 }),
    })
    .map(({ sign, hours, minutes }) => `${sign}${two(hours)}:${two(minutes)}`),
);
const fraction = fc.oneof(
  fc.constant(''),
  fc.integer({ min: 0, max: 999 }).map((ms) => `.${String(ms).padStart(3, '0')}`),
);

describe('an instant', () => {
  test('is what Date.parse reads, for every valid one of four-digit years', () => {
    const day = fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(day, fraction, zone, (date, f, z) => {
        const text = `${date.toISOString().slice(0, 19)}${f}${z}`;
        expect(instantMs(text)).toBe(Date.parse(text));
      }),
      { numRuns: 2_000 },
    );
  });

  test('comes back from its ISO form', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.parse('0000-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59.999Z') }),
        (ms) => {
          expect(instantMs(new Date(ms).toISOString())).toBe(ms);
        },
      ),
    );
  });

  test.each([
    ['2026-01-05T00:00:00Z', Date.UTC(2026, 0, 5)],
    ['2026-01-05T00:00:00+00:00', Date.UTC(2026, 0, 5)],
    ['2026-01-05T00:00:00-00:00', Date.UTC(2026, 0, 5)],
    ['2026-01-04T19:00:00-05:00', Date.UTC(2026, 0, 5)],
    ['2026-01-05T05:30:00+05:30', Date.UTC(2026, 0, 5)],
    ['2026-01-05T14:00:00+14:00', Date.UTC(2026, 0, 5)],
    ['2024-02-29T12:00:00Z', Date.UTC(2024, 1, 29, 12)],
    ['2000-02-29T00:00:00Z', Date.UTC(2000, 1, 29)],
    ['1938-07-01T00:00:00Z', Date.UTC(1938, 6, 1)],
    ['2102-07-01T00:00:00Z', Date.UTC(2102, 6, 1)],
    ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
    ['2026-01-05T00:00:00.1Z', Date.UTC(2026, 0, 5, 0, 0, 0, 100)],
    ['2026-01-05T00:00:00.12Z', Date.UTC(2026, 0, 5, 0, 0, 0, 120)],
    ['2026-01-05T00:00:00.123999999Z', Date.UTC(2026, 0, 5, 0, 0, 0, 123)],
    ['2026-01-05T00:00:00.000000+01:00', Date.UTC(2026, 0, 4, 23)],
    ['1969-12-31T23:59:59.999999Z', -1],
  ])('%s', (text, ms) => {
    expect(instantMs(text)).toBe(ms);
  });

  test.each([
    '',
    '2026',
    '2026-01',
    '2026-01-05',
    '2026-01-05T00:00Z',
    '2026-01-05T00:00:00',
    '2026-01-05 00:00:00Z',
    '2026-01-05T00:00:00z',
    '2026-01-05t00:00:00Z',
    '2026-01-05T00:00:00+0100',
    '2026-01-05T00:00:00+01',
    '2026-01-05T00:00:00+15:00',
    '2026-01-05T00:00:00+01:60',
    '2026-01-05T00:00:00Z ',
    '2026-01-05T00:00:00ZZ',
    '2026-01-05T00:00:00.Z',
    '2026-01-05T00:00:00,5Z',
    '2026-01-05T24:00:00Z',
    '2026-01-05T00:60:00Z',
    '2026-01-05T00:00:61Z',
    '2026-13-05T00:00:00Z',
    '2026-00-05T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-32T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '26-01-05T00:00:00Z',
    '+002026-01-05T00:00:00Z',
    '２026-01-05T00:00:00Z',
    'NaN',
    'not a time at all, but long',
  ])('"%s" is none', (text) => {
    expect(instantMs(text)).toBeNaN();
  });

  test('any text is an instant or NaN, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const ms = instantMs(text);
        expect(Number.isNaN(ms) || Number.isSafeInteger(ms)).toBe(true);
      }),
    );
  });
});

describe('a calendar day', () => {
  test.each([
    ['1970-01-01', 0],
    ['1969-12-31', -1],
    ['2000-03-01', 11_017],
    ['2024-02-29', 19_782],
  ])('%s', (text, day) => {
    expect(writtenDay(text)).toBe(day);
    expect(isDate(text)).toBe(true);
  });

  test('is the one written, whatever the zone', () => {
    expect(writtenDay('2026-01-05T23:30:00-05:00')).toBe(writtenDay('2026-01-05'));
    expect(writtenDay('2026-01-05T00:30:00+14:00')).toBe(writtenDay('2026-01-05'));
  });

  test.each([
    '2026',
    '2026-01',
    '2026-1-5',
    '2026-02-30',
    '2026/01/05',
    '2026-01-05T00:00:00Z',
    '2026-01-05 ',
    '',
  ])('"%s" is no date', (text) => {
    expect(isDate(text)).toBe(false);
  });
});
