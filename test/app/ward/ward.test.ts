import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WardRecord } from '../../../app/ward/record.ts';
import { ward, wardPatients } from '../../../app/ward/ward.ts';
import {
  bedOf,
  finalReadings,
  hasCode,
  isAbnormal,
  isObservation,
  metAt,
  type Reading,
  some,
  timeOf,
  versionOf,
} from './readings.ts';
import { defaultWards, histories, observations, START } from './wards.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('the ward is a function of its options', () => {
  test('the same seed gives the same messages', () => {
    expect([...ward({ seed: 7, start: START, hours: 3 })]).toEqual([
      ...ward({ seed: 7, start: START, hours: 3 }),
    ]);
  });

  test('another seed gives other messages', () => {
    const [one, other] = [7, 8].map((seed) => JSON.stringify([...ward({ seed, start: START, hours: 1 })]));
    expect(one).not.toBe(other);
  });

  test('a ward that runs longer begins like a shorter one', () => {
    const short = [...ward({ seed: 7, start: START, hours: 2 })].filter(
      ({ arrival }) => arrival < START + HOUR,
    );
    expect([...ward({ seed: 7, start: START, hours: 30 })].slice(0, short.length)).toEqual(short);
  });

  test('a ward without end is made as it is asked for', () => {
    const endless = some(ward({ seed: 7, start: START, hours: Infinity }), 20_000);
    expect(endless).toHaveLength(20_000);
    expect(endless.at(-1)?.arrival).toBeGreaterThan(START + 48 * HOUR);
  });

  test('messages come in the order of their arrival, in whole milliseconds, also with few beds', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 5 }), (seed, patients) => {
        const arrivals = [...ward({ seed, patients, start: START, hours: 3 })].map(({ arrival }) => arrival);
        expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b));
        expect(arrivals.every(Number.isInteger)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
});

describe.each(defaultWards())('the default ward of seed %i', (seed, records) => {
  const resources = observations(records);
  const readings = finalReadings(records);
  const byBed = Object.groupBy(readings, ({ bed }) => bed);

  test('has 24 beds, and every message but those without a subject names one of them', () => {
    const beds = new Set(wardPatients({ seed }).map(({ id }) => id));
    expect(beds.size).toBe(24);
    const named = new Set(records.map(({ resource }) => bedOf(resource)).filter((bed) => bed !== undefined));
    expect(named).toEqual(beds);
  });

  test('an id belongs to one patient', () => {
    for (const history of histories(records)) {
      expect(new Set(history.map(bedOf).filter((bed) => bed !== undefined)).size).toBeLessThanOrEqual(1);
    }
  });

  test('values are those of living adults', () => {
    const bounds = { RR: [8, 45], SBP: [60, 200], GCS: [3, 15] } as const;
    for (const { sign, value } of readings) {
      expect(value).toBeGreaterThanOrEqual(bounds[sign][0]);
      expect(value).toBeLessThanOrEqual(bounds[sign][1]);
    }
    for (const { component } of resources) {
      if (component?.length !== 2) continue;
      const [systolic, diastolic] = component.map(({ valueQuantity }) => valueQuantity?.value ?? 0);
      expect(systolic).toBeGreaterThan(diastolic ?? Infinity);
    }
  });

  test('two readings close in time are alike: the noise has a memory', () => {
    const stable = Object.values(byBed).flatMap((bed = []) => {
      const rates = bed.filter(({ sign }) => sign === 'SBP').toSorted((a, b) => a.t - b.t);
      return rates.some(isAbnormal) ? [] : [rates.map(({ value }) => value)];
    });
    const mean = (numbers: readonly number[]): number =>
      numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
    const steps = stable.flatMap((rates) =>
      rates.slice(1).map((value, n) => Math.abs(value - (rates[n] ?? value))),
    );
    const spans = stable.map((rates) => Math.max(...rates) - Math.min(...rates));
    expect(stable.length).toBeGreaterThan(4);
    expect(mean(steps)).toBeLessThan(mean(spans) / 3);
  });

  test('rounds come every 15 to 60 minutes', () => {
    const rounds = Object.groupBy(
      resources.filter(({ code }) => hasCode(code, '8867-4')),
      (resource) => bedOf(resource) ?? '',
    );
    for (const round of Object.values(rounds)) {
      const times = (round ?? []).map(timeOf).toSorted((a, b) => a - b);
      const gaps = times.slice(1).map((t, n) => (t - (times[n] ?? t)) / MINUTE);
      // Times are written in whole seconds.
      expect(Math.min(...gaps)).toBeGreaterThan(14.9);
      expect(Math.max(...gaps)).toBeLessThan(60.1);
    }
  });

  test('about a third get worse, some to two criteria and some to three', () => {
    const peaks = Object.values(byBed).map((bed = []) => Math.max(...bed.map(({ t }) => metAt(bed, t).size)));
    const count = (score: number): number => peaks.filter((peak) => peak === score).length;
    expect(count(2)).toBeGreaterThanOrEqual(2);
    expect(count(3)).toBeGreaterThanOrEqual(2);
    expect(count(2) + count(3)).toBeGreaterThanOrEqual(6);
    expect(count(2) + count(3)).toBeLessThanOrEqual(11);
    expect(count(0)).toBeGreaterThanOrEqual(6);
    expect(count(1)).toBeGreaterThanOrEqual(3);
  });

  test('somebody meets two criteria within the first two hours', () => {
    const early = Object.values(byBed).some((bed = []) =>
      bed.some(({ t }) => t < START + 2 * HOUR && metAt(bed, t).size >= 2),
    );
    expect(early).toBe(true);
  });

  test('some recover while the ward is watched: their window empties', () => {
    const recovered = Object.values(byBed).filter((bed = []) => {
      const times = bed.map(({ t }) => t).toSorted((a, b) => a - b);
      return times.some((t) => metAt(bed, t).size >= 2) && metAt(bed, times.at(-1) ?? 0).size < 2;
    });
    expect(recovered.length).toBeGreaterThanOrEqual(2);
  });

  test('a typing error makes somebody meet two criteria until it is corrected', () => {
    const asTyped = finalReadings(
      records.filter(({ resource }) => !isObservation(resource) || versionOf(resource) === 1),
    );
    const peak = (bed: string, of: readonly Reading[]): number => {
      const own = of.filter((reading) => reading.bed === bed);
      return Math.max(...own.map(({ t }) => metAt(own, t).size));
    };
    const cleared = Object.keys(byBed).filter((bed) => peak(bed, asTyped) === 2 && peak(bed, readings) === 1);
    expect(cleared.length).toBeGreaterThanOrEqual(1);
  });

  test('the sick get lactate, culture and antibiotic; everybody has an encounter', () => {
    const topics = Object.groupBy(records, ({ topic }) => topic);
    const encounters = topics['fhir.encounter'] ?? [];
    expect(new Set(encounters.map(({ resource }) => bedOf(resource))).size).toBe(24);
    expect(encounters.length).toBeGreaterThan(24);
    const sick = (found: readonly WardRecord['resource'][]): number => new Set(found.map(bedOf)).size;
    expect(sick(resources.filter(({ code }) => hasCode(code, '2524-7')))).toBeGreaterThanOrEqual(6);
    expect(sick(resources.filter(({ code }) => hasCode(code, '600-7')))).toBeGreaterThanOrEqual(6);
    expect(
      sick((topics['fhir.medicationrequest'] ?? []).map(({ resource }) => resource)),
    ).toBeGreaterThanOrEqual(6);
  });

  test('nothing in it could be the name of a person', () => {
    const text = JSON.stringify([...records, ...wardPatients({ seed })]);
    expect(text).not.toMatch(/"(name|family|given|birthDate|telecom|address)"/);
  });
});
