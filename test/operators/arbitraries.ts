import fc from 'fast-check';
import type { ClinicalEvent, MeasurementKind } from '../../schemas/generated/clinical-event.ts';
import { event, HOUR, measurement, T0 } from './events.ts';

/** Values on both sides of each threshold and on it. */
const VALUES: readonly (readonly [MeasurementKind, readonly number[]])[] = [
  ['RESPIRATORY_RATE', [16, 21.9, 22, 30]],
  ['SYSTOLIC_BP', [88, 100, 100.1, 130]],
  ['GCS_TOTAL', [7, 14, 15]],
  ['MENTATION', [0, 1]],
  ['GCS_EYE', [3, 4]],
  ['GCS_VERBAL', [1, 5]],
  ['GCS_MOTOR', [6]],
  ['GCS_UNTESTABLE', [0]],
];

const one = fc
  .constantFrom(...VALUES)
  .chain(([kind, values]) => fc.constantFrom(...values).map((value) => measurement(kind, value)));

/** A complete scale by parts, which a random mixture seldom makes. */
const parts = fc
  .tuple(fc.constantFrom(3, 4), fc.constantFrom(1, 5), fc.constantFrom(5, 6))
  .map(([eye, verbal, motor]) => [
    measurement('GCS_EYE', eye),
    measurement('GCS_VERBAL', verbal),
    measurement('GCS_MOTOR', motor),
  ]);

const measurements = fc.oneof(
  { weight: 9, arbitrary: one.map((m) => [m]) },
  { weight: 1, arbitrary: parts },
  { weight: 1, arbitrary: fc.tuple(one, one) },
);

/** Quarter hours, mostly, so that instants coincide and windows touch; some a millisecond beside. */
const timeWithin = (hours: number): fc.Arbitrary<number> =>
  fc
    .tuple(fc.integer({ min: 0, max: hours * 4 }), fc.constantFrom(0, 0, 0, 1, -1))
    .map(([quarter, beside]) => T0 + (quarter * HOUR) / 4 + beside);

/** One version of an Observation: a value, or nothing (a retraction, or a version without a usable value). */
const versionWithin = (hours: number): fc.Arbitrary<Partial<ClinicalEvent>> =>
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ time: timeWithin(hours), measurements, preliminary: fc.boolean() }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('RETRACTION' as const), time: timeWithin(hours) }),
    },
  );

/** Every version of some Observations of one patient, versions numbered from 1; most have one. */
export const observationsWithin = (hours: number, most: number): fc.Arbitrary<ClinicalEvent[][]> =>
  fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: fc.array(versionWithin(hours), { minLength: 1, maxLength: 1 }) },
        { weight: 1, arbitrary: fc.array(versionWithin(hours), { minLength: 2, maxLength: 3 }) },
      ),
      { minLength: 1, maxLength: most },
    )
    .map((all) =>
      all.map((versions, i) =>
        versions.map((version, n) =>
          event(version.kind ?? 'VITAL_SIGNS', `obs-${i}`, T0, { ...version, version: n + 1 }),
        ),
      ),
    );

/** A stream with duplicates, corrections and retractions in any order. */
export const streamWithin = (hours: number, most: number): fc.Arbitrary<ClinicalEvent[]> =>
  observationsWithin(hours, most).chain((observations) => {
    const events = observations.flat();
    return fc
      .shuffledSubarray(events, { maxLength: Math.min(4, events.length) })
      .chain((copies) =>
        fc.shuffledSubarray([...events, ...copies], { minLength: events.length + copies.length }),
      );
  });

/**
 * A stream in which nothing arrives more than `lateness` after the earliest time that a version of it states, and
 * nothing before its own time: the order in which a patient's data may reach the fold without being late.
 */
export const punctualStream = (
  hours: number,
  most: number,
  lateness: number,
): fc.Arbitrary<ClinicalEvent[]> =>
  observationsWithin(hours, most).chain((observations) => {
    const punctual = observations.map((versions) => {
      const first = Math.min(...versions.map(({ time }) => time ?? T0));
      return versions.filter(({ time }) => (time ?? T0) <= first + lateness);
    });
    const events = punctual.flatMap((versions) => {
      const first = Math.min(...versions.map(({ time }) => time ?? T0));
      return versions.map((version) => ({ version, first }));
    });
    return fc
      .array(fc.double({ min: 0, max: 1, noNaN: true }), {
        minLength: events.length,
        maxLength: events.length,
      })
      .map((delays) =>
        events
          .map(({ version, first }, i) => {
            const soonest = version.time ?? T0;
            return { version, arrival: soonest + (delays[i] ?? 0) * (first + lateness - soonest) };
          })
          .sort((a, b) => a.arrival - b.arrival)
          .map(({ version }) => version),
      );
  });

/** By event time, older versions first: the order of a feed that is never late. */
export const inOrder = (events: readonly ClinicalEvent[]): readonly ClinicalEvent[] =>
  events.toSorted((a, b) => (a.time ?? 0) - (b.time ?? 0) || a.version - b.version);
