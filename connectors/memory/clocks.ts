import { type Duration, type Instant, instant } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => instant(Date.now()),
  sleep: (time, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, time);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      }, { once: true });
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
    return new Promise((resolve) => {
      const sleeper = { at: this.#now + time, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper);
        resolve();
      }, { once: true });
    });
  }

  /** Moves to a time, if it is later, and wakes those who slept until then. */
  moveTo(time: number): void {
    if (time <= this.#now) return;
    this.#now = instant(time);
    for (const sleeper of [...this.#sleepers]) {
      if (sleeper.at > time) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}
