import { HOUR, MINUTE } from './clock.ts';
import type { Random } from './random.ts';

export type Sign = 'RR' | 'SBP' | 'GCS';

/** How a patient fares. `fading-*` recover early enough that their window empties within half a day. */
export type CourseKind = 'stable' | 'one-sign' | 'miskeyed' | 'two' | 'three' | 'fading-two' | 'fading-three';

/** One vital sign leaving its normal range and coming back. Times from the start of the ward, milliseconds. */
export interface Excursion {
  readonly sign: Sign;
  readonly onset: number;
  readonly rise: number;
  readonly hold: number;
  readonly fall: number;
}

export interface Course {
  readonly kind: CourseKind;
  readonly excursions: readonly Excursion[];
  /** The sign that is abnormal all the time (an old lung disease, say), when there is one. */
  readonly habitual: Sign | undefined;
  /** After this long the course begins again, so that a ward can run for days. */
  readonly period: number;
  /** When the patient begins to get worse; Infinity: never. */
  readonly onset: number;
}

/** Twelve beds: four get worse (two of them recover), one has typing errors, two live with one abnormal sign. */
const BEDS: readonly CourseKind[] = [
  'fading-three',
  'stable',
  'two',
  'one-sign',
  'fading-two',
  'stable',
  'three',
  'miskeyed',
  'stable',
  'one-sign',
  'stable',
  'stable',
];

/** One course for each patient, in the order of beds. The first to get worse does so within the first hour. */
export function courses(patients: number, random: Random): Course[] {
  const kinds = Array.from({ length: patients }, (_, bed) => BEDS[bed % BEDS.length] ?? 'stable');
  const late = kinds.filter((kind) => kind === 'two' || kind === 'three').length;
  const early = kinds.filter((kind) => kind.startsWith('fading')).length;
  let nextLate = 0;
  let nextEarly = 0;
  const made = kinds.map((kind): Course => {
    if (kind.startsWith('fading')) return worsening(kind, spread(nextEarly++, early, 0.2, 2, random), random);
    if (kind === 'two' || kind === 'three')
      return worsening(kind, spread(nextLate++, late, 1, 8, random), random);
    return lasting(kind, random);
  });
  return random.shuffled(made);
}

/** The n-th of `of` onsets between two hours, so that something happens all the time whatever the seed. */
function spread(n: number, of: number, from: number, to: number, random: Random): number {
  return (from + ((n + random.between(0, 0.5)) / of) * (to - from)) * HOUR;
}

/** A course without events: well, or with one sign that is always abnormal. */
function lasting(kind: CourseKind, random: Random): Course {
  const always = {
    stable: undefined,
    miskeyed: 'RR' as const,
    other: random.pick<Sign>(['RR', 'SBP', 'GCS']),
  };
  const habitual = kind === 'stable' || kind === 'miskeyed' ? always[kind] : always.other;
  return { kind, excursions: [], habitual, period: Infinity, onset: Infinity };
}

function worsening(kind: CourseKind, onset: number, random: Random): Course {
  const fading = kind.startsWith('fading');
  const three = kind.endsWith('three');
  const signs = random.shuffled<Sign>(['RR', 'SBP', 'GCS']).slice(0, three ? 3 : 2);
  // The third sign joins later: that is the escalation the team must see.
  const lag = [0, random.between(5, 25), random.between(60, 100)];
  const end = onset + (fading ? random.between(2, 2.6) : random.between(9, 14)) * HOUR;
  const excursions = signs.map((sign, n): Excursion => {
    const begin = onset + (lag[n] ?? 0) * MINUTE;
    const rise = random.between(20, 45) * MINUTE;
    return {
      sign,
      onset: begin,
      rise,
      hold: Math.max(0, end - begin - rise),
      fall: random.between(20, 40) * MINUTE,
    };
  });
  return { kind, excursions, habitual: undefined, period: random.between(26, 34) * HOUR, onset };
}

/** How far a sign has moved from normal, 0 to 1, `elapsed` milliseconds after the start of the ward. */
export function severity(course: Course, sign: Sign, elapsed: number): number {
  if (course.habitual === sign) return sign === 'GCS' ? 0.5 : 0.8;
  let worst = 0;
  for (const excursion of course.excursions) {
    if (excursion.sign === sign) worst = Math.max(worst, level(excursion, elapsed % course.period));
  }
  return worst;
}

function level({ onset, rise, hold, fall }: Excursion, elapsed: number): number {
  const since = elapsed - onset;
  if (since <= 0) return 0;
  if (since < rise) return since / rise;
  return since < rise + hold ? 1 : Math.max(0, 1 - (since - rise - hold) / fall);
}
