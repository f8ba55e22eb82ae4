import { HOUR, instantIn, MINUTE } from './clock.ts';
import { mix } from './random.ts';
import { type StreamSign, writerOf } from './stream-shapes.ts';

export interface StreamOptions {
  readonly seed: number;
  readonly patients: number;
  /** Between two readings of one patient. */
  readonly intervalMinutes: number;
  readonly hours: number;
  /** Epoch milliseconds of the first reading; 2026-01-05T00:00:00Z by default. */
  readonly start?: number;
}

const SIGNS: readonly StreamSign[] = ['RR', 'SBP', 'GCS'];
/** One patient in a hundred, beginning with the first, meets two criteria. */
const POSITIVE_EVERY = 100;
/** Out of 1,000 readings this many are sent late, by 1, 2 or 4 intervals. */
const LATE = 50;
const DELAYS = [1, 2, 4];

/**
 * A load of any size: UTF-8 JSON of FHIR R4 Observations of about 1.3 KB, in the order of their arrival (`issued`).
 * Each patient gives one reading per interval: RR, blood pressure and GCS in turn, so
 * patients × ⌊hours × 60 / interval⌋ records in all. Of 100 patients one meets RR and SBP for four hours of every
 * day, ten meet one criterion, the rest none. 5 % of the readings come late.
 * Nothing is kept between two records: every choice is a hash of seed, patient and reading, so a million patients
 * cost no memory.
 */
export function* syntheticStream(
  options: StreamOptions,
): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
  const { seed, patients, intervalMinutes, hours, start = Date.UTC(2026, 0, 5) } = options;
  const interval = intervalMinutes * MINUTE;
  const readings = Math.floor((hours * HOUR) / interval);
  const encoder = new TextEncoder();
  const writers = { RR: writerOf('RR'), SBP: writerOf('SBP'), GCS: writerOf('GCS') };

  const delayOf = (patient: number, reading: number): number => {
    const hash = mix(seed, patient, reading, 1);
    return hash % 1_000 < LATE ? (DELAYS[(hash >>> 16) % DELAYS.length] ?? 0) : 0;
  };
  const observation = (patient: number, reading: number, turn: number): Uint8Array<ArrayBuffer> => {
    const offset = (patient / patients) * interval;
    const sign = SIGNS[(reading + patient) % SIGNS.length] ?? 'RR';
    const value = valueOf(seed, patient, reading, sign, (reading * interval) / HOUR, hours);
    return encoder.encode(
      writers[sign]({
        patient,
        reading,
        time: instantIn(start + reading * interval + offset),
        issued: instantIn(start + turn * interval + offset + 20_000),
        value,
        second: Math.round(value * 0.62),
      }),
    );
  };

  // The turns after the last reading bring what is still on its way.
  for (let turn = 0; turn < readings + Math.max(...DELAYS); turn++) {
    for (let patient = 0; patient < patients; patient++) {
      for (const delay of DELAYS) {
        const reading = turn - delay;
        if (reading >= 0 && reading < readings && delayOf(patient, reading) === delay) {
          yield observation(patient, reading, turn);
        }
      }
      if (turn < readings && delayOf(patient, turn) === 0) yield observation(patient, turn, turn);
    }
  }
}

/** True for the patients of a stream that meet two criteria at some time (given at least two hours of readings). */
export const isPositive = (patient: number): boolean => patient % POSITIVE_EVERY === 0;

function valueOf(
  seed: number,
  patient: number,
  reading: number,
  sign: StreamSign,
  hour: number,
  hours: number,
): number {
  const noise = mix(seed, patient, reading, 2) % 7;
  // Somewhere in the first half of the first day, early enough that also a short stream shows it, then daily.
  const onset = (mix(seed, patient, 3) % 1_000) * 0.0005 * Math.max(0, Math.min(hours, 24) - 2);
  const ill = isPositive(patient) && hour >= onset && (hour - onset) % 24 < 4;
  const habitual = patient % POSITIVE_EVERY >= 90;
  if (sign === 'RR') return (ill || habitual ? 23 : 13) + noise;
  if (sign === 'SBP') return (ill ? 82 : 116) + 2 * noise;
  return 15;
}
