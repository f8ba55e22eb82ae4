/** Lets so many pass in a second, evenly: what is not used is kept for a tenth of a second at most. */
export class TokenBucket {
  /** The most that passes at once. */
  readonly burst: number;
  readonly #perMs: number;
  #tokens = 0;
  #at: number | undefined;

  /** @param rate for each second */
  constructor(rate: number) {
    this.burst = Math.max(1, Math.floor(rate / 10));
    this.#perMs = rate / 1_000;
  }

  /** Takes `count`, which may be at most the burst; gives the milliseconds to wait before they pass. */
  take(count: number, now: number): number {
    const since = this.#at === undefined ? 0 : now - this.#at;
    this.#at = now;
    this.#tokens = Math.min(this.burst, this.#tokens + since * this.#perMs) - count;
    return this.#tokens >= 0 ? 0 : Math.ceil(-this.#tokens / this.#perMs);
  }
}
