/** What the window says about a patient: the list of episodes, each with the evidence that it rests on. */
import type { Position } from '../../topology/model/record.ts';
import { CRITERIA, type Criterion, type CriterionMask, GCS, RR } from '../clinical/criterion.ts';
import type { Episode } from '../clinical/episode.ts';
import { MENTATION } from '../clinical/measurement.ts';
import type { Qsofa } from '../clinical/qsofa.ts';
import type { Series } from '../clinical/series.ts';
import { type Entry, readEntry } from './entry.ts';

export interface PatientScreen {
  readonly patient: string;
  readonly rule: Qsofa;
  /** Episodes that ended before this are settled and no longer listed; -Infinity: none is. Epoch ms. */
  readonly frontier: number;
  /** The patient's newest vital-sign time; when none is held any more the frontier, or -Infinity. Epoch ms. */
  readonly newest: number;
  readonly episodes: readonly ScreenedEpisode[];
  readonly context: ScreenContext;
  /** Facts that the hard cap has dropped so far. */
  readonly capped: number;
  /** The FHIR record that caused this, and its arrival. */
  readonly trigger: Position;
  readonly arrival: number | null;
}

export interface ScreenContext {
  readonly infection:
    | {
        readonly onsetDay: number;
        readonly rule: 'CULTURE_THEN_ANTIBIOTIC' | 'ANTIBIOTIC_THEN_CULTURE';
        readonly otherDay: number;
        readonly antibiotic: string | null;
      }
    | undefined;
  readonly lactate: { readonly value: number; readonly t: number; readonly id: string } | undefined;
}

/** The encounter of an episode. */
export interface ScreenEncounter {
  readonly reference: string | undefined;
  readonly detail:
    | {
        readonly id: string | null;
        readonly class: string | null;
        readonly start: number | null;
        readonly end: number | null;
        readonly location: string | null;
      }
    | undefined;
}

export interface ScreenedEpisode {
  readonly episode: Episode;
  /** End of the closed window that the criteria are judged in: the newest time, at most the episode's last millisecond. */
  readonly asOf: number;
  readonly criteria: readonly JudgedCriterion[];
  readonly missing: readonly Criterion[];
  readonly encounter: ScreenEncounter;
  /** Criteria met by their latest values. */
  readonly latest: CriterionMask;
  readonly met: CriterionMask;
}

export interface JudgedCriterion {
  readonly criterion: Criterion;
  readonly met: boolean;
  /** The deciding value: the worst when met, else the most recent; undefined: nothing usable in the window. */
  readonly deciding: Reading | undefined;
  /** The values that meet it, oldest first, at most the newest `EVIDENCE_LIMIT`. */
  readonly evidence: readonly Reading[];
}

export interface Reading {
  readonly value: number;
  readonly time: number;
  readonly id: string;
  readonly version: number;
  readonly preliminary: boolean;
  readonly unitAssumed: boolean;
  readonly code: string;
  readonly origin: Position;
}

/** A value a minute for six hours would make an alert of 100 KB; the newest are what a reader looks at. */
const EVIDENCE_LIMIT = 16;

/** Judges one episode in its window. `bytes` is what the series' sources point into. */
export function screenEpisode(
  episode: Episode,
  newest: number,
  series: readonly Series[],
  bytes: Uint8Array,
  windowMs: number,
  rule: Qsofa,
): Omit<ScreenedEpisode, 'encounter'> {
  const asOf = Math.min(newest, episode.end - 1);
  const missing: Criterion[] = [];
  let latest = 0;
  let met = 0;
  const criteria = CRITERIA.map((criterion, c) => {
    const values = series[c] as Series;
    const [from, to] = range(values, asOf - windowMs, asOf);
    if (from === to) missing.push(criterion);
    const latestFrom = firstOfLast(values, from, to);
    const latestMet = values.met.slice(latestFrom, to).includes(1);
    if (latestMet) latest |= 1 << c;
    const judgedFrom = rule.semantic === 'latest' ? latestFrom : from;
    const judged = judge(criterion, c, values, judgedFrom, from, to, bytes);
    if (judged.met) met |= 1 << c;
    return judged;
  });
  return { episode, asOf, criteria, missing, latest, met };
}

/** Indices [from, to) of the values in the closed window. */
function range(values: Series, first: number, last: number): readonly [number, number] {
  let to = values.count;
  while (to > 0 && (values.time[to - 1] as number) > last) to--;
  let from = to;
  while (from > 0 && (values.time[from - 1] as number) >= first) from--;
  return [from, to];
}

function firstOfLast(values: Series, from: number, to: number): number {
  let i = to;
  while (i > from && values.time[i - 1] === values.time[to - 1]) i--;
  return i;
}

function judge(
  criterion: Criterion,
  c: number,
  values: Series,
  judgedFrom: number,
  from: number,
  to: number,
  bytes: Uint8Array,
): JudgedCriterion {
  const evidence: number[] = [];
  let worst = -1;
  for (let i = judgedFrom; i < to; i++) {
    if (values.met[i] !== 1) continue;
    evidence.push(i);
    if (worst < 0 || worse(c, values, i, worst)) worst = i;
  }
  const deciding = worst >= 0 ? worst : to - 1;
  return {
    criterion,
    met: worst >= 0,
    deciding: from === to ? undefined : reading(values, deciding, bytes),
    evidence: evidence.slice(-EVIDENCE_LIMIT).map((i) => reading(values, i, bytes)),
  };
}

/** At least as abnormal: of equals the later one decides. */
function worse(c: number, values: Series, i: number, than: number): boolean {
  const a = values.value[i] as number;
  const b = values.value[than] as number;
  if (c === GCS && values.kind[i] !== values.kind[than]) return values.kind[than] === MENTATION;
  return c === RR || (c === GCS && values.kind[i] === MENTATION) ? a >= b : a <= b;
}

function reading(values: Series, i: number, bytes: Uint8Array): Reading {
  const entry: Entry = readEntry(bytes, values.source[i] as number);
  const value = values.value[i] as number;
  const measurement = entry.measurements.find((m) => m.value === value) ?? entry.measurements[0];
  return {
    value,
    time: values.time[i] as number,
    id: entry.id,
    version: entry.version,
    preliminary: entry.preliminary,
    unitAssumed: measurement?.unitAssumed ?? false,
    code: measurement?.code ?? '',
    origin: entry.origin,
  };
}
