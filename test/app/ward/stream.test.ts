import type { Observation } from 'fhir/r4.js';
import { describe, expect, test } from 'vitest';
import { isPositive, syntheticStream } from '../../../app/ward/stream.ts';
import { bedOf, metAt, readingsOf, some, timeOf } from './readings.ts';

const OPTIONS = { seed: 5, patients: 250, intervalMinutes: 15, hours: 8 };
const decoder = new TextDecoder('utf-8', { fatal: true });
const bytes = [...syntheticStream(OPTIONS)];
const resources = bytes.map((record) => JSON.parse(decoder.decode(record)) as Observation);

describe('the synthetic stream', () => {
  test('the same options give the same bytes, another seed gives others', () => {
    const first = (seed: number): Uint8Array[] => some(syntheticStream({ ...OPTIONS, seed }), 3_000);
    expect(first(5)).toEqual(bytes.slice(0, 3_000));
    expect(first(6)).not.toEqual(first(5));
  });

  test('every patient gives one reading per interval, each of them once', () => {
    expect(resources).toHaveLength(250 * 32);
    expect(new Set(resources.map(({ id }) => id)).size).toBe(250 * 32);
    const byPatient = Object.groupBy(resources, (resource) => bedOf(resource) ?? '');
    expect(Object.keys(byPatient)).toHaveLength(250);
    expect(Object.values(byPatient).every((readings) => readings?.length === 32)).toBe(true);
  });

  test('a record has about 1.3 KB', () => {
    const mean = bytes.reduce((sum, { length }) => sum + length, 0) / bytes.length;
    expect(mean).toBeGreaterThan(1_250);
    expect(mean).toBeLessThan(1_420);
  });

  test('it looks like a real feed: narrative, codings, category, performer, device, note, encounter', () => {
    for (const sign of ['9279-1', '85354-9', '9269-2']) {
      const found = resources.find(({ code }) => code.coding?.[1]?.code === sign);
      expect(found).toMatchObject({
        text: { status: 'generated' },
        category: [{ coding: [{}] }],
        encounter: {},
        performer: [{}],
        device: {},
        note: [{}],
      });
      expect(found?.text?.div).not.toContain('<<');
      expect(JSON.stringify(found)).not.toContain('undefined');
    }
  });

  test('records come in the order of their arrival', () => {
    const arrivals = resources.map(({ issued }) => Date.parse(issued ?? ''));
    expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b));
  });

  test('one in twenty is late, behind later readings of its patient', () => {
    const late = resources.filter(
      (resource) => Date.parse(resource.issued ?? '') - timeOf(resource) > 60_000,
    );
    expect(late.length / resources.length).toBeGreaterThan(0.04);
    expect(late.length / resources.length).toBeLessThan(0.06);
  });

  test('exactly one patient in a hundred meets two criteria', () => {
    const readings = Object.groupBy(resources.flatMap(readingsOf), ({ bed }) => bed);
    const positive = Object.entries(readings)
      .filter(([, bed = []]) => bed.some(({ t }) => metAt(bed, t).size >= 2))
      .map(([bed]) => Number(bed.slice(1)));
    expect(positive.toSorted((a, b) => a - b)).toEqual([0, 100, 200]);
    expect(positive.every(isPositive)).toBe(true);
  });

  test('a million patients cost nothing until they are asked for', () => {
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    const one = some(syntheticStream({ ...OPTIONS, patients: 1_000_000, hours: 240 }), 1, 50_000);
    expect(one).toHaveLength(1);
    // Far below what a byte for each of the 960 million readings would take.
    expect(process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before).toBeLessThan(400e6);
  });
});
