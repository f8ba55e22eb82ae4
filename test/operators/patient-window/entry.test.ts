import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MEASUREMENT_KINDS } from '../../../operators/clinical/measurement.ts';
import { qsofa } from '../../../operators/clinical/qsofa.ts';
import {
  compareEntries,
  eachMeasurement,
  entryBefore,
  entryBound,
  entryLength,
  entryMayMeet,
  entryTime,
  entryUsable,
  entryWeighs,
  putEntry,
  readEntry,
  sameId,
  supersedes,
} from '../../../operators/patient-window/entry.ts';
import type { ClinicalEvent } from '../../../schemas/generated/clinical-event.ts';
import { event, gcs, measurement, rr, sbp, T0 } from '../events.ts';

const values = fc.oneof(
  fc.nat({ max: 300 }),
  fc.double({ noNaN: true }),
  fc.constantFrom(-0, -1, 255, 256, 0.1, Number.MAX_VALUE),
);
const measurements = fc.array(
  fc.record({
    kind: fc.constantFrom(...MEASUREMENT_KINDS),
    value: values,
    unitAssumed: fc.boolean(),
    code: fc.constantFrom('9279-1', '', 'local code', 'é'.repeat(100)),
  }),
  { maxLength: 12 },
);
const events: fc.Arbitrary<ClinicalEvent> = fc
  .record({
    resourceId: fc.oneof(fc.uuid(), fc.string({ maxLength: 64 })),
    version: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    time: fc.integer({ min: -20_700_000_000_000, max: 260_000_000_000_000 }),
    preliminary: fc.boolean(),
    measurements,
    origin: fc.record({
      topic: fc.constantFrom('fhir.observation.vitals', 'a.site.topic'),
      partition: fc.nat(),
      offset: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    }),
  })
  .map((more) => event('VITAL_SIGNS', more.resourceId, more.time, more));

function entry(of: ClinicalEvent): Uint8Array {
  const bytes = new Uint8Array(entryBound(of.measurements.length) + 8).fill(0xee);
  const length = putEntry(bytes, 0, of, of.time ?? 0, qsofa);
  expect(entryLength(bytes, 0)).toBe(length);
  expect(length).toBeLessThanOrEqual(entryBound(of.measurements.length));
  return bytes;
}

describe('an Observation in bytes', () => {
  test('comes back as it was', () => {
    fc.assert(
      fc.property(events, (of) => {
        const { resourceId, time, version, preliminary, origin } = of;
        const kinds = of.measurements.map(({ kind, ...m }) => ({
          kind: MEASUREMENT_KINDS.indexOf(kind),
          ...m,
        }));
        const bytes = entry(of);
        expect(readEntry(bytes, 0)).toEqual({
          id: resourceId,
          time,
          version,
          preliminary,
          origin,
          measurements: kinds,
        });
        const seen: (readonly [number, number])[] = [];
        eachMeasurement(bytes, 0, (kind, value) => seen.push([kind, value]));
        expect(seen).toEqual(kinds.map(({ kind, value }) => [kind, value]));
        expect(entryTime(bytes, 0)).toBe(time);
      }),
      { numRuns: 500 },
    );
  });

  test('knows without being read which criteria it might meet', () => {
    expect(
      [
        rr('a', T0, 22),
        rr('a', T0, 21.9),
        sbp('a', T0, 100),
        sbp('a', T0, 100.1),
        gcs('a', T0, 14),
        gcs('a', T0, 15),
        event('VITAL_SIGNS', 'a', T0),
      ].map((of) => entryMayMeet(entry(of), 0)),
    ).toEqual([1, 0, 2, 0, 4, 0, 0]);
  });

  test('weighs with the hard cap when it is abnormal or any row of the scale', () => {
    const weighing = [rr('a', T0, 22), rr('a', T0, 21.9), gcs('a', T0, 15), event('VITAL_SIGNS', 'a', T0)];
    expect(weighing.map((of) => entryWeighs(entry(of), 0))).toEqual([true, false, true, false]);
  });

  test('is found from its end as from its beginning', () => {
    fc.assert(
      fc.property(events, (of) => {
        const bytes = entry(of);
        expect(entryBefore(bytes, entryLength(bytes, 0))).toBe(0);
      }),
    );
  });

  test('is usable when it says anything but that the scale cannot be applied', () => {
    const untestable = event('VITAL_SIGNS', 'a', T0, { measurements: [measurement('GCS_UNTESTABLE', 0)] });
    expect(
      [rr('a', T0, 16), untestable, event('RETRACTION', 'a', T0)].map((of) => entryUsable(entry(of), 0)),
    ).toEqual([true, false, false]);
  });

  test('of more values than a panel can have the first two hundred are kept, and nothing else is harmed', () => {
    const many = event('VITAL_SIGNS', 'a', T0, {
      measurements: Array.from({ length: 700 }, (_, i) => measurement('SYSTOLIC_BP', 80 + (i % 100) / 7)),
    });
    const read = readEntry(entry(many), 0);
    expect(read.measurements).toHaveLength(200);
    expect(read.origin).toEqual(many.origin);
  });

  test('a packed UUID is not the id of 16 characters that has the same bytes', () => {
    const uuid = entry(rr('61626364-6566-6768-696a-6b6c6d6e6f70', T0, 30));
    const letters = entry(rr('abcdefghijklmnop', T0, 30));
    expect(sameId(uuid, 0, letters, 0)).toBe(false);
    expect(sameId(uuid, 0, uuid, 0)).toBe(true);
    expect(Math.sign(compareEntries(uuid, 0, letters, 0))).toBe(
      -Math.sign(compareEntries(letters, 0, uuid, 0)),
    );
    expect(compareEntries(uuid, 0, letters, 0)).not.toBe(0);
  });

  test('of two versions at most one supersedes the other, and a copy never does', () => {
    fc.assert(
      fc.property(events, events, fc.integer({ min: 0, max: 2 }), (a, b, version) => {
        const [one, other] = [
          entry({ ...a, resourceId: 'x', version }),
          entry({ ...b, resourceId: 'x', version: version % 2 }),
        ];
        expect(supersedes(one, 0, one, 0)).toBe(false);
        expect(supersedes(one, 0, other, 0) && supersedes(other, 0, one, 0)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});
