import { CRITERION_COUNT, type CriterionMask, pointsOf } from './criterion.ts';
import type { Intervals } from './met-intervals.ts';

/** A change of the set of met criteria inside an episode. */
export interface ScoreChange {
  /** Epoch milliseconds. */
  readonly t: number;
  readonly met: CriterionMask;
}

/** A maximal interval of continuous time with at least `positiveAt` criteria met. */
export interface Episode {
  /** First millisecond that is positive. */
  readonly start: number;
  /** First millisecond that is not: exclusive, projected when nothing else happens. */
  readonly end: number;
  /** Highest score. */
  readonly peak: number;
  /** Onset first. Of a very long episode the oldest changes that raised no peak are left out. */
  readonly history: readonly ScoreChange[];
  /** How many changes `history` left out. */
  readonly historyDropped: number;
}

/** The part of an episode that lies before the frontier and can no longer change; positive up to the frontier. */
export interface FrozenEpisode {
  readonly start: number;
  readonly peak: number;
  readonly history: readonly ScoreChange[];
  readonly historyDropped: number;
}

/** Changes kept per episode besides those that raised its peak: a bound for episodes that last weeks. */
export const HISTORY_LIMIT = 64;

/**
 * The episodes that end at or after the frontier, in time order.
 * `met` holds one list of intervals per criterion, complete from `frontier` on; what they say about earlier
 * times is ignored and taken from `frozen` instead. Without a frontier pass -Infinity.
 */
export function episodesFrom(
  met: readonly Intervals[],
  positiveAt: number,
  frontier: number,
  frozen: FrozenEpisode | undefined,
): Episode[] {
  const episodes: Episode[] = [];
  const at = new Array<number>(CRITERION_COUNT).fill(0);
  let open: OpenEpisode | undefined =
    frozen === undefined
      ? undefined
      : {
          start: frozen.start,
          peak: frozen.peak,
          history: [...frozen.history],
          dropped: frozen.historyDropped,
        };
  let t = Number.isFinite(frontier) ? frontier : earliest(met);
  while (Number.isFinite(t)) {
    let mask = 0;
    let next = Infinity;
    for (let c = 0; c < CRITERION_COUNT; c++) {
      const intervals = met[c] as Intervals;
      let i = at[c] as number;
      while (i < intervals.count && (intervals.to[i] as number) <= t) i++;
      at[c] = i;
      if (i >= intervals.count) continue;
      const from = intervals.from[i] as number;
      if (from <= t) {
        mask |= 1 << c;
        next = Math.min(next, intervals.to[i] as number);
      } else next = Math.min(next, from);
    }
    const score = pointsOf(mask);
    if (score >= positiveAt) open = grow(open, t, mask, score);
    else if (open !== undefined) {
      episodes.push(close(open, t));
      open = undefined;
    }
    t = next;
  }
  return episodes;
}

interface OpenEpisode {
  readonly start: number;
  peak: number;
  readonly history: ScoreChange[];
  dropped: number;
}

function grow(open: OpenEpisode | undefined, t: number, met: CriterionMask, score: number): OpenEpisode {
  if (open === undefined) return { start: t, peak: score, history: [{ t, met }], dropped: 0 };
  const last = open.history[open.history.length - 1];
  if (last?.met !== met) open.history.push({ t, met });
  open.peak = Math.max(open.peak, score);
  return open;
}

const close = (open: OpenEpisode, end: number): Episode => ({
  start: open.start,
  end,
  peak: open.peak,
  history: open.history,
  historyDropped: open.dropped,
});

function earliest(met: readonly Intervals[]): number {
  let t = Infinity;
  for (const intervals of met) if (intervals.count > 0) t = Math.min(t, intervals.from[0] as number);
  return t;
}

/** The part before `frontier` of the episode that is positive up to it, or undefined. */
export function freeze(episodes: readonly Episode[], frontier: number): FrozenEpisode | undefined {
  const episode = episodes.find((e) => e.start < frontier && e.end >= frontier);
  if (episode === undefined) return undefined;
  const before = episode.history.filter((change) => change.t < frontier);
  const bounded = withoutOldest(before);
  const peak = before.reduce((highest, change) => Math.max(highest, pointsOf(change.met)), 0);
  return {
    start: episode.start,
    peak,
    history: bounded,
    historyDropped: episode.historyDropped + before.length - bounded.length,
  };
}

function withoutOldest(history: readonly ScoreChange[]): readonly ScoreChange[] {
  if (history.length <= HISTORY_LIMIT) return history;
  const surplus = history.length - HISTORY_LIMIT;
  let peak = 0;
  let dropped = 0;
  return history.filter((change) => {
    const score = pointsOf(change.met);
    const raises = score > peak;
    peak = Math.max(peak, score);
    if (raises || dropped >= surplus) return true;
    dropped++;
    return false;
  });
}
