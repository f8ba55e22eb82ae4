import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PatientShifts } from '../../../connectors/fhir-producer/patient-shifts.ts';
import { shiftedTimes } from '../../../connectors/fhir-producer/shift-times.ts';
import { instantMs } from '../../../schemas/fhir/time.ts';

const DAY = 86_400_000;
const shift = (json: string, offset: number): string => shiftedTimes(Buffer.from(json), offset).toString();

describe('times that are moved', () => {
  test.for([
    [
      '"effectiveDateTime": "2020-02-28T23:30:00+02:00"',
      DAY,
      '"effectiveDateTime": "2020-02-29T23:30:00+02:00"',
    ],
    ['"issued":"2020-01-01T00:00:00.123456Z"', 3_600_000, '"issued":"2020-01-01T01:00:00.123456Z"'],
    ['"authoredOn":"2020-01-01"', 2 * DAY, '"authoredOn":"2020-01-03"'],
    [
      '"period":{"start":"2020-01-01T10:00:00Z","end":"2020-01-02T10:00:00Z"}',
      DAY,
      '"period":{"start":"2020-01-02T10:00:00Z","end":"2020-01-03T10:00:00Z"}',
    ],
    [
      '"event":[ "2020-01-01T10:00:00Z" , "2020-01-01T11:00:00Z"]',
      DAY,
      '"event":[ "2020-01-02T10:00:00Z" , "2020-01-02T11:00:00Z"]',
    ],
  ] as const)('%s', ([before, offset, after]) => {
    expect(shift(`{${before}}`, offset)).toBe(`{${after}}`);
  });

  test.for([
    ['a year and a month', '{"effectiveDateTime":"2020-01"}'],
    ['no zone', '{"effectiveDateTime":"2020-01-01T10:00:00"}'],
    ['no such day', '{"effectiveDateTime":"2020-02-30T10:00:00Z"}'],
    ['a birth date', '{"birthDate":"1950-01-01"}'],
    ['the server’s own time', '{"meta":{"lastUpdated":"2020-01-01T10:00:00Z"}}'],
    ['what was observed', '{"valueDateTime":"2020-01-01T10:00:00Z"}'],
    ['a text that looks like a field', String.raw`{"div":"\"issued\":\"2020-01-01T10:00:00Z\""}`],
  ] as const)('%s stays', ([, json]) => {
    expect(shift(json, DAY)).toBe(json);
  });

  test('in an envelope the times of the resource in it move, and its own', () => {
    const envelope = (time: string): string =>
      JSON.stringify({ EventTime: time, ResourceJson: JSON.stringify({ issued: time, note: 'é' }) });
    expect(shift(envelope('2020-01-01T10:00:00Z'), DAY)).toBe(envelope('2020-01-02T10:00:00Z'));
  });

  test('any instant moves by the offset, and nothing else of the text changes', () => {
    const times = fc.date({
      min: new Date('1900-01-01Z'),
      max: new Date('2100-01-01Z'),
      noInvalidDate: true,
    });
    const zones = fc.constantFrom('Z', '+05:30', '-11:00', '+14:00');
    const seconds = fc.integer({ min: -4_000_000_000, max: 4_000_000_000 });
    fc.assert(
      fc.property(times, zones, seconds, fc.string(), (time, zone, by, note) => {
        const text = time.toISOString().slice(0, 23) + zone;
        const rest = { note, subject: { reference: 'Patient/x' } };
        const moved: Record<string, unknown> = JSON.parse(
          shift(JSON.stringify({ ...rest, effectiveDateTime: text }), by * 1_000),
        );
        expect(moved).toMatchObject(rest);
        const year = new Date(time.getTime() + by * 1_000).getUTCFullYear();
        fc.pre(year > 1 && year < 9_999);
        expect(instantMs(String(moved['effectiveDateTime'])) - instantMs(text)).toBe(by * 1_000);
      }),
    );
  });
});

describe('how far the times of a patient are moved', () => {
  const shifts = new PatientShifts();
  for (const [patient, time] of [
    ['a', 1_000],
    ['b', 61_000],
    ['a', 31_500],
  ] as const)
    shifts.saw(patient, time);

  test('his newest is now, and nobody is in the future', () => {
    expect(shifts.of('a', 100_000, undefined)).toBe(68_000);
    expect(shifts.of('b', 100_000, undefined)).toBe(39_000);
    expect(shifts.of('c', 100_000, undefined)).toBeUndefined();
  });

  test('at its own pace all move alike; faster, his newest is now when it is sent', () => {
    expect(shifts.of('a', 100_000, 1)).toBe(99_000);
    expect(shifts.of('b', 100_000, 1)).toBe(99_000);
    expect(shifts.of('b', 100_000, 60)).toBe(100_000 + 1_000 - 61_000);
  });
});
