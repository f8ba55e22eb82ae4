/**
 * Episodes by the definition and by nothing else: at every millisecond where the answer could change, all facts
 * are looked at. O(n^2), and shares no code with what it judges.
 */
import type { ClinicalEvent } from '../../schemas/generated/clinical-event.ts';
import type { FoldedEpisode } from './journal.ts';

export interface Fact {
  readonly criterion: 'GCS' | 'RR' | 'SBP';
  readonly t: number;
  readonly abnormal: boolean;
}

const RANKS = ['NONE', 'ISSUED', 'LAST_UPDATED', 'VERSION_ID'];
const newer = (a: ClinicalEvent, b: ClinicalEvent): boolean => {
  const rank = RANKS.indexOf(a.versionRank) - RANKS.indexOf(b.versionRank);
  return rank !== 0 ? rank > 0 : a.version > b.version;
};

/** The newest version of each Observation; of versions that tie the first (streams for this use have no other ties than copies). */
export function newestVersions(events: readonly ClinicalEvent[]): readonly ClinicalEvent[] {
  const newest = new Map<string, ClinicalEvent>();
  for (const event of events) {
    if (event.kind !== 'VITAL_SIGNS' && event.kind !== 'RETRACTION') continue;
    const held = newest.get(event.resourceId);
    if (held === undefined || newer(event, held)) newest.set(event.resourceId, event);
  }
  return [...newest.values()];
}

/** The usable values of a patient, from events with qSOFA's default thresholds. */
export function factsOfEvents(events: readonly ClinicalEvent[]): readonly Fact[] {
  const facts: Fact[] = [];
  const scale = new Map<number, { readonly kind: string; readonly value: number }[]>();
  for (const { time, measurements } of newestVersions(events)) {
    if (time === null) continue;
    for (const { kind, value } of measurements) {
      if (kind === 'RESPIRATORY_RATE') facts.push({ criterion: 'RR', t: time, abnormal: value >= 22 });
      else if (kind === 'SYSTOLIC_BP') facts.push({ criterion: 'SBP', t: time, abnormal: value <= 100 });
      else if (kind === 'MENTATION') facts.push({ criterion: 'GCS', t: time, abnormal: value > 0 });
      else scale.set(time, [...(scale.get(time) ?? []), { kind, value }]);
    }
  }
  for (const [t, rows] of scale) {
    const least = (kind: string): number =>
      Math.min(...rows.filter((row) => row.kind === kind).map((row) => row.value));
    if (rows.some(({ kind }) => kind === 'GCS_UNTESTABLE')) continue;
    const total = least('GCS_TOTAL');
    const sum = least('GCS_EYE') + least('GCS_VERBAL') + least('GCS_MOTOR');
    const value = Number.isFinite(total) ? total : sum;
    if (Number.isFinite(value)) facts.push({ criterion: 'GCS', t, abnormal: value < 15 });
  }
  return facts;
}

const CRITERIA = ['GCS', 'RR', 'SBP'] as const;

function metAt(facts: readonly Fact[], at: number, window: number, semantic: 'any' | 'latest'): string[] {
  return CRITERIA.filter((criterion) => {
    const inWindow = facts.filter((f) => f.criterion === criterion && f.t >= at - window && f.t <= at);
    const newest = Math.max(...inWindow.map((f) => f.t));
    return inWindow.some((f) => f.abnormal && (semantic === 'any' || f.t === newest));
  });
}

/** Maximal intervals with a score of at least `positiveAt`, looked for at every time where a fact enters or leaves. */
export function bruteForce(
  facts: readonly Fact[],
  window: number,
  semantic: 'any' | 'latest',
  positiveAt = 2,
): readonly FoldedEpisode[] {
  const times = [...new Set(facts.flatMap(({ t }) => [t, t + window + 1]))].sort((a, b) => a - b);
  const episodes: { start: number; end: number; peak: number; history: { t: number; met: string[] }[] }[] =
    [];
  let open: (typeof episodes)[number] | undefined;
  for (const t of times) {
    const met = metAt(facts, t, window, semantic);
    if (met.length < positiveAt) {
      if (open !== undefined) episodes.push({ ...open, end: t });
      open = undefined;
      continue;
    }
    open ??= { start: t, end: t, peak: 0, history: [] };
    open.peak = Math.max(open.peak, met.length);
    if (open.history.at(-1)?.met.join() !== met.join()) open.history.push({ t, met });
  }
  return episodes;
}

/** The same for ANY by the pairs of clinical practice: two abnormal values of different criteria at most a window apart. */
export function pairForm(facts: readonly Fact[], window: number): readonly (readonly [number, number])[] {
  const abnormal = facts.filter((f) => f.abnormal);
  const positive = abnormal.flatMap((a) =>
    abnormal
      .filter((b) => b.criterion !== a.criterion && b.t >= a.t && b.t <= a.t + window)
      .map((b) => [b.t, a.t + window + 1] as const),
  );
  const union: [number, number][] = [];
  for (const [from, to] of positive.sort((a, b) => a[0] - b[0])) {
    const last = union.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else union.push([from, to]);
  }
  return union;
}
