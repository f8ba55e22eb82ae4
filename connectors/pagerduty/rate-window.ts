/** Calls in the last minute, with a second for those that were slow on their way: the other side counts when they arrive. */
const WINDOW = 61_000;

/** How many calls may be made: so many in any sliding minute, a part of which is kept back for those that are urgent. */
export class RateWindow {
  readonly #limit: number;
  readonly #forOthers: number;
  /** When calls were made, ascending; epoch milliseconds. */
  #calls: number[] = [];

  /** A sixth of the limit is kept back: so many urgent calls a minute never wait for others. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#forOthers = limit - Math.ceil(limit / 6);
  }

  /** When the next call may be made; not after `now`: now. */
  next(now: number, urgent: boolean): number {
    this.#calls = this.#calls.filter((at) => at > now - WINDOW);
    const limit = urgent ? this.#limit : Math.max(1, this.#forOthers);
    const before = this.#calls[this.#calls.length - limit];
    return before === undefined ? now : before + WINDOW;
  }

  made(now: number): void {
    this.#calls.push(now);
  }

  /** The call of that time was not made after all. */
  takeBack(at: number): void {
    const index = this.#calls.lastIndexOf(at);
    if (index >= 0) this.#calls.splice(index, 1);
  }
}
