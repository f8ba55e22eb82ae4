import type { Observation } from 'fhir/r4.js';
import { describe, expect, test } from 'vitest';
import { hasCode, isObservation, timeOf, versionOf } from './readings.ts';
import { defaultWards, histories, observations } from './wards.ts';

const MINUTE = 60_000;
const isDateOnly = ({ effectiveDateTime }: Observation): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(effectiveDateTime ?? '');

describe.each(defaultWards())('the messages of the default ward of seed %i', (_seed, records) => {
  const resources = observations(records);

  test('values are corrected: a second version of the same id and time, with another value', () => {
    const corrected = histories(records).filter((history) => history.at(-1)?.status === 'corrected');
    expect(corrected.length).toBeGreaterThan(10);
    for (const [first, ...later] of corrected) {
      const last = later.at(-1);
      if (first === undefined || last === undefined) throw new Error('a correction without an original');
      expect([versionOf(first), versionOf(last)]).toEqual([1, 2]);
      expect(timeOf(last)).toBe(timeOf(first));
      expect([last.valueQuantity, last.component]).not.toEqual([first.valueQuantity, first.component]);
    }
  });

  test('values are retracted, at least one before its original arrives', () => {
    const retracted = histories(records).filter((history) =>
      history.some(({ status }) => status === 'entered-in-error'),
    );
    expect(retracted.every((history) => history.length === 2)).toBe(true);
    expect(retracted.filter(([first]) => first?.status === 'final').length).toBeGreaterThan(3);
    expect(retracted.filter(([first]) => first?.status === 'entered-in-error').length).toBeGreaterThan(0);
  });

  test('messages arrive late, by minutes and by up to three hours, and some ahead of their time', () => {
    const delays = records.flatMap(({ arrival, resource }) =>
      isObservation(resource) && versionOf(resource) === 1 && !isDateOnly(resource)
        ? [(arrival - timeOf(resource)) / MINUTE]
        : [],
    );
    expect(delays.filter((delay) => delay > 6 && delay <= 60).length).toBeGreaterThan(10);
    expect(delays.filter((delay) => delay > 60).length).toBeGreaterThan(3);
    expect(Math.max(...delays)).toBeLessThan(180.1);
    expect(delays.filter((delay) => delay < 0).length).toBeGreaterThan(5);
    expect(Math.min(...delays)).toBeGreaterThan(-120);
  });

  test('messages come twice, exactly alike', () => {
    const doubled = histories(records).filter(
      ([first, second]) => second !== undefined && JSON.stringify(first) === JSON.stringify(second),
    );
    expect(doubled.length).toBeGreaterThan(5);
  });

  test('a few are not usable: wrong unit, date without time, no subject', () => {
    const share = (found: readonly unknown[]): number => found.length / resources.length;
    const unusable = [
      resources.filter((resource) => JSON.stringify(resource).includes('"unit":"cm"')),
      resources.filter(isDateOnly),
      resources.filter(({ subject }) => subject === undefined),
    ];
    for (const found of unusable) {
      expect(found.length).toBeGreaterThan(0);
      expect(share(found)).toBeLessThan(0.01);
    }
  });

  test('some say that they do not count, or not yet', () => {
    expect(resources.some(({ status }) => status === 'preliminary')).toBe(true);
    expect(resources.some(({ status }) => status === 'cancelled')).toBe(true);
    expect(resources.some(({ dataAbsentReason }) => dataAbsentReason !== undefined)).toBe(true);
  });

  test('GCS comes as integer, quantity, numbered parts, LOINC answers, three rows, and untestable; ACVPU too', () => {
    const total = resources.filter(({ code }) => hasCode(code, '9269-2'));
    expect(total.some(({ valueInteger }) => valueInteger !== undefined)).toBe(true);
    expect(total.some(({ valueQuantity }) => valueQuantity !== undefined)).toBe(true);
    expect(total.some(({ component }) => component?.length === 3)).toBe(true);
    expect(resources.some(({ code, component }) => hasCode(code, '35088-4') && component?.length === 3)).toBe(
      true,
    );
    for (const part of ['9267-6', '9268-4', '9270-0', '80288-4']) {
      expect(resources.some(({ code }) => hasCode(code, part))).toBe(true);
    }
    expect(resources.some((resource) => JSON.stringify(resource).includes('ET/Trach'))).toBe(true);
  });

  test('pressure comes in both panels and as cuff and arterial systolic, in mmHg and kPa, with and without code', () => {
    for (const code of ['85354-9', '55284-4', '76534-7', '8480-6']) {
      expect(resources.some((resource) => hasCode(resource.code, code))).toBe(true);
    }
    const quantities = resources.flatMap(({ valueQuantity, component = [] }) =>
      [valueQuantity, ...component.map((part) => part.valueQuantity)].filter(
        (quantity) => quantity !== undefined,
      ),
    );
    expect(new Set(quantities.map(({ code }) => code))).toEqual(
      new Set([
        '/min',
        '/s',
        '{breaths}/min',
        'mm[Hg]',
        'kPa',
        '{score}',
        'Cel',
        '%',
        'mmol/L',
        'cm',
        undefined,
      ]),
    );
    expect(quantities.some(({ unit, code }) => unit === undefined && code === undefined)).toBe(true);
  });

  test('subjects, zones, times, codings and keys come in every form', () => {
    const subjects = resources.flatMap(({ subject }) => (subject === undefined ? [] : [subject]));
    expect(subjects.some(({ reference }) => reference?.startsWith('https://'))).toBe(true);
    expect(subjects.some(({ reference }) => reference?.includes('/_history/'))).toBe(true);
    expect(
      subjects.some(({ reference, identifier }) => reference === undefined && identifier !== undefined),
    ).toBe(true);
    const zones = new Set(
      resources.map(({ effectiveDateTime }) => /(Z|[+-]\d\d:\d\d)$/.exec(effectiveDateTime ?? '')?.[0]),
    );
    expect([...zones].filter((zone) => zone !== undefined).length).toBeGreaterThanOrEqual(4);
    expect(resources.some(({ effectiveInstant }) => effectiveInstant !== undefined)).toBe(true);
    expect(resources.some(({ effectivePeriod }) => effectivePeriod !== undefined)).toBe(true);
    expect(new Set(resources.map(({ code }) => code.coding?.[0]?.system === 'http://loinc.org')).size).toBe(
      2,
    );
    expect(new Set(records.map(({ key }) => key)).has(null)).toBe(true);
  });
});
