import { CRITERION_COUNT, GCS, RR, SBP } from './criterion.ts';
import { type GcsReading, gcsAt } from './gcs.ts';
import { GCS_TOTAL, MENTATION, RESPIRATORY_RATE, SYSTOLIC_BP } from './measurement.ts';
import type { Measurements } from './measurements.ts';
import { meets, type Qsofa } from './qsofa.ts';

/** The usable values of one criterion in time order; several at one instant stand side by side. */
export interface Series {
  count: number;
  readonly time: number[];
  readonly value: number[];
  /** 1 when the value meets the criterion. */
  readonly met: number[];
  readonly source: number[];
  /** Kind number of `measurement.ts` that gave the value. */
  readonly kind: number[];
}

export const emptySeries = (): Series => ({ count: 0, time: [], value: [], met: [], source: [], kind: [] });

function push(series: Series, time: number, value: number, met: boolean, source: number, kind: number): void {
  const i = series.count++;
  series.time[i] = time;
  series.value[i] = value;
  series.met[i] = met ? 1 : 0;
  series.source[i] = source;
  series.kind[i] = kind;
}

/**
 * Sorts measurements into one series per criterion. GCS parts are joined per instant (`gcs.ts`), so an
 * instant whose verbal part is untestable gives no value. `out` is filled anew and returned.
 */
export function seriesOf(rule: Qsofa, m: Measurements, out: readonly Series[]): readonly Series[] {
  for (let c = 0; c < CRITERION_COUNT; c++) (out[c] as Series).count = 0;
  const gcs = out[GCS] as Series;
  for (let i = 0; i < m.count; i++) {
    const kind = m.kind[i] as number;
    if (kind === RESPIRATORY_RATE || kind === SYSTOLIC_BP) {
      const criterion = kind === RESPIRATORY_RATE ? RR : SBP;
      const value = m.value[i] as number;
      push(
        out[criterion] as Series,
        m.time[i] as number,
        value,
        meets(rule, criterion, value),
        m.source[i] as number,
        kind,
      );
      continue;
    }
    // All mentation rows of this instant are judged together, at the first of them.
    if (isFirstOfInstant(m, i)) {
      const time = m.time[i] as number;
      const reading: GcsReading = gcsAt(m, i);
      if (reading.total !== undefined)
        push(gcs, time, reading.total, meets(rule, GCS, reading.total), reading.totalSource, GCS_TOTAL);
      if (reading.mentation !== undefined)
        push(gcs, time, reading.mentation, reading.mentation > 0, reading.mentationSource, MENTATION);
    }
  }
  return out;
}

function isFirstOfInstant(m: Measurements, i: number): boolean {
  const time = m.time[i];
  for (let j = i - 1; j >= 0 && m.time[j] === time; j--) {
    const kind = m.kind[j] as number;
    if (kind !== RESPIRATORY_RATE && kind !== SYSTOLIC_BP) return false;
  }
  return true;
}
