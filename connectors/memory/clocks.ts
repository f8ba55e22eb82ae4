import { type Duration, type Instant, instant } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => instant(Date.now()),
  sleep: (time, signal) =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, time);
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

  /** Moves to a time, if it is later, and wakes those who slept until then. */
  moveTo(time: number): void {
    if (time <= this.#now) return;
    this.#now = instant(time);
    for (const sleeper of this.#sleepers) {
      if (sleeper.at <= time) sleeper.wake();
    }
  }
}
