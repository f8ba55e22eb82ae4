import type { TriggerSemantic } from './qsofa.ts';
import type { Series } from './series.ts';

/** Half-open intervals [from, to) in epoch milliseconds: disjoint, ascending, never touching. */
export interface Intervals {
  count: number;
  readonly from: number[];
  readonly to: number[];
}

export const emptyIntervals = (): Intervals => ({ count: 0, from: [], to: [] });

/**
 * When a criterion is met, in continuous time. The window is the closed [T - window, T], so a value stops
 * counting one millisecond after `t + window`.
 * ANY: from each abnormal value until it leaves the window.
 * LATEST: the same, but the next value of the criterion ends it; at one instant the worst value speaks.
 */
export function metIntervals(
  series: Series,
  windowMs: number,
  semantic: TriggerSemantic,
  out: Intervals,
): Intervals {
  out.count = 0;
  for (let i = 0; i < series.count; ) {
    const time = series.time[i] as number;
    let met = 0;
    let next = i;
    while (next < series.count && series.time[next] === time) met |= series.met[next++] as number;
    i = next;
    if (met === 0) continue;
    let to = time + windowMs + 1;
    if (semantic === 'latest' && next < series.count) to = Math.min(to, series.time[next] as number);
    const last = out.count - 1;
    if (last >= 0 && (out.to[last] as number) >= time) out.to[last] = Math.max(out.to[last] as number, to);
    else {
      out.from[out.count] = time;
      out.to[out.count++] = to;
    }
  }
  return out;
}
