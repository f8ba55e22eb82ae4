import { silent, type Telemetry } from '../../topology/ports/telemetry.ts';

/** Counts by reason. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(reason: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, n) => sum + n, 0);
  }

  /** The most frequent first. */
  get byReason(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)));
  }
}

/**
 * A telemetry that counts what was ignored. The engine tells it of each record once, when its commit stands. A record is
 * in one class only: what became an event and is ignored all the same (no usable value) is not judged again by the fold.
 */
export const ignoredInto = (tally: Tally): Telemetry => ({
  ...silent,
  ignored: (_step, reason) => tally.add(reason),
});
