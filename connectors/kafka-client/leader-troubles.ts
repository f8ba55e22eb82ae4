import type { StreamsError } from '../../topology/model/errors.ts';

/** Pauses before a leader that failed is asked again grow from the first to the last: milliseconds. */
const FIRST = 5;
const LONGEST = 80;
/** A leader is being found for so long before it is said; then it is said each second. Milliseconds. */
const TOLERATED = 2_000;
const SAID_EVERY = 1_000;

/** A leader that fails in a way that passes by itself. Times are epoch milliseconds. */
interface Trouble {
  readonly since: number;
  readonly error: StreamsError;
  readonly pause: number;
  /** When it is asked again. */
  readonly again: number;
}

/** Leaders, by node, that fail in a way that passes by itself: when each is asked again, and when that is said. */
export class LeaderTroubles {
  readonly #of = new Map<number, Trouble>();
  #saidAt = 0;
  /** What was taken last was a trouble. */
  #saidLast = false;

  add(node: number, error: StreamsError, now: number): void {
    const { since = now, pause: last = 0 } = this.#of.get(node) ?? {};
    const pause = Math.min(LONGEST, last === 0 ? FIRST : 2 * last);
    this.#of.set(node, { since, error, pause, again: now + pause });
  }

  over(node: number): void {
    this.#of.delete(node);
  }

  /** Those that lead nothing any more are in no trouble. */
  keep(leaders: ReadonlyMap<number, unknown>): void {
    for (const node of this.#of.keys()) if (!leaders.has(node)) this.#of.delete(node);
  }

  mayAsk(node: number, now: number): boolean {
    return (this.#of.get(node)?.again ?? 0) <= now;
  }

  /** When the first of those that wait for it is asked again. */
  nextAsk(now: number): number {
    return Math.min(...[...this.#of.values()].map(({ again }) => again).filter((again) => again > now));
  }

  /** What has lasted for too long, and was not said within the last second. */
  unsaid(now: number): StreamsError | undefined {
    if (now - this.#saidAt < SAID_EVERY) return undefined;
    return [...this.#of.values()].find(({ since }) => now - since >= TOLERATED)?.error;
  }

  /**
   * What is to be said now. Between two times what others gave is taken, or a caller that pauses for a second behind each would never
   * come to it.
   */
  said(now: number, others: boolean): StreamsError | undefined {
    const error = others && this.#saidLast ? undefined : this.unsaid(now);
    this.#saidLast = error !== undefined;
    if (error !== undefined) this.#saidAt = now;
    return error;
  }
}
