import { type Duration, type Instant, instant } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';

/** The longest that a timer of the machine can be, in milliseconds: one that is longer ends at once. */
const LONGEST = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => instant(Date.now()),
  sleep: (time, signal) =>
    new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const wait = (left: number): void => {
        timer = setTimeout(() => (left > LONGEST ? wait(left - LONGEST) : done()), Math.min(left, LONGEST));
      };
      wait(time);
      if (signal?.aborted === true) done();
      else signal?.addEventListener('abort', done);
    }),
};

/** A clock that stands until it is moved: for tests, and for replays, where time is the recording's. */
export class ManualClock implements Clock {
  #now: Instant;
  readonly #sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();

  constructor(start: number) {
    this.#now = instant(start);
  }

  now(): Instant {
    return this.#now;
  }

  sleep(time: Duration, signal?: AbortSignal): Promise<void> {
    if (time <= 0 || signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { at: this.#now + time, wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', wake);
    });
  }

  /** Moves to a time, if it is later, and wakes those who slept until then, the earliest first. */
  moveTo(time: number): void {
    if (time <= this.#now) return;
    this.#now = instant(time);
    const due = [...this.#sleepers].filter(({ at }) => at <= time);
    for (const { wake } of due.sort((a, b) => a.at - b.at)) wake();
  }
}
