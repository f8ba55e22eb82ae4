/** An interval of event time, [start, end). */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Known extends Span {
  readonly opened: number;
}

export interface Matches<K, E> {
  /** Alerts that go on as this episode. */
  readonly kept: readonly (readonly [K, E])[];
  /** Episodes that no alert stands for yet. */
  readonly fresh: readonly E[];
  /** Alerts whose episode is now part of another alert's. */
  readonly merged: readonly (readonly [K, survivor: K])[];
  /** Alerts whose episode is no more. */
  readonly gone: readonly K[];
}

const overlap = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;

/**
 * Which alert stands for which episode, after late or corrected data moved, merged, split or removed some.
 * The alerts choose in the order in which they were opened, each the earliest episode that it overlaps and that
 * is still free: so of a merger the one opened first lives, and of a split the earlier part keeps the id.
 */
export function matchEpisodes<K extends Known, E extends Span>(
  known: readonly K[],
  episodes: readonly E[],
): Matches<K, E> {
  const owner = new Map<E, K>();
  const kept: (readonly [K, E])[] = [];
  const merged: (readonly [K, K])[] = [];
  const gone: K[] = [];
  for (const alert of [...known].sort((a, b) => a.opened - b.opened)) {
    const candidates = episodes.filter((episode) => overlap(alert, episode));
    const free = candidates.find((episode) => !owner.has(episode));
    const taken = candidates[0];
    if (free !== undefined) {
      owner.set(free, alert);
      kept.push([alert, free]);
    } else if (taken !== undefined) merged.push([alert, owner.get(taken) as K]);
    else gone.push(alert);
  }
  return { kept, fresh: episodes.filter((episode) => !owner.has(episode)), merged, gone };
}
