import { CRITERIA, type Criterion, criteriaOf, pointsOf } from '../clinical/criterion.ts';
import type { Qsofa } from '../clinical/qsofa.ts';
import type { Series } from '../clinical/series.ts';
import { openBlock } from './block.ts';
import { readContext, suspectedInfection } from './context-facts.ts';
import { readEntry } from './entry.ts';
import { intervalsOf, seriesOfBlock } from './facts.ts';
import { CONTEXT, sectionOf } from './tail.ts';

/** A usable value as the window holds it. */
export interface HeldFact {
  readonly kind: Criterion;
  /** Epoch milliseconds. */
  readonly t: number;
  readonly value: number;
  readonly id: string;
}

/** A distinct time of a usable value, with what is met then. */
export interface HeldState {
  readonly t: number;
  readonly score: number;
  readonly met: readonly Criterion[];
}

/** Every usable value that a patient's state holds, by criterion and time; of a GCS made of parts, under the eye row's id. */
export function factsOf(state: Uint8Array, rule: Qsofa): readonly HeldFact[] {
  const block = openBlock(state);
  return seriesOfBlock(block, rule).flatMap((series, c) =>
    series.time.slice(0, series.count).map((t, i) => ({
      kind: CRITERIA[c] as Criterion,
      t,
      value: series.value[i] as number,
      id: readEntry(block.bytes, series.source[i] as number).id,
    })),
  );
}

/** Every distinct time of a usable value at which the score is positive. */
export function positiveStatesOf(state: Uint8Array, windowMs: number, rule: Qsofa): readonly HeldState[] {
  const series: readonly Series[] = seriesOfBlock(openBlock(state), rule);
  const times = [...new Set(series.flatMap((s) => s.time.slice(0, s.count)))].sort((a, b) => a - b);
  const intervals = intervalsOf(series, windowMs, rule);
  const at = intervals.map(() => 0);
  return times.flatMap((t) => {
    let mask = 0;
    for (const [c, { count, from, to }] of intervals.entries()) {
      let i = at[c] as number;
      while (i < count && (to[i] as number) <= t) i++;
      at[c] = i;
      if (i < count && (from[i] as number) <= t) mask |= 1 << c;
    }
    return pointsOf(mask) >= rule.positiveAt ? [{ t, score: pointsOf(mask), met: criteriaOf(mask) }] : [];
  });
}

/** What a replay counts of a patient. */
export interface PatientCounts {
  /** Milliseconds between the first and the last usable vital sign; undefined: there was none. */
  readonly observedMs: number | undefined;
  readonly suspectedInfection: boolean;
}

export function countsOf(state: Uint8Array): PatientCounts {
  const block = openBlock(state);
  return {
    observedMs: Number.isFinite(block.first) ? block.highWater - block.first : undefined,
    suspectedInfection: suspectedInfection(readContext(sectionOf(block, CONTEXT))) !== undefined,
  };
}
