import { type Instant, instant } from '../../../topology/model/time.ts';
import type { Clock } from '../../../topology/ports/clock.ts';

interface Event {
  readonly at: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** Takes back what was planned. */
export type Cancel = () => void;

/** Time that passes from event to event and not by itself: what lasts an hour takes as long as there is to do in it. */
export class VirtualTime {
  /** Sorted, the next one last; of two at one time the one that was planned first is next. */
  readonly #events: Event[] = [];
  #now: number;

  constructor(start = 0) {
    this.#now = start;
  }

  /** In whole milliseconds, as clocks have them; events lie closer together. */
  get now(): Instant {
    return instant(Math.floor(this.#now));
  }

  /** Plans something. */
  after(milliseconds: number, run: () => void): Cancel {
    const at = this.#now + Math.max(0, milliseconds);
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle] as Event).at > at) low = middle + 1;
      else high = middle;
    }
    const event = { at, run, cancelled: false };
    this.#events.splice(low, 0, event);
    return () => {
      event.cancelled = true;
    };
  }

  /** Lets the next event happen; false when there is none. */
  step(): boolean {
    for (let event = this.#events.pop(); event !== undefined; event = this.#events.pop()) {
      if (event.cancelled) continue;
      this.#now = event.at;
      event.run();
      return true;
    }
    return false;
  }
}

/** A clock on virtual time. `plan` sets up what is to happen later: a process that is frozen does it later still. */
export const virtualClock = (
  time: VirtualTime,
  plan: (milliseconds: number, run: () => void) => Cancel = (ms, run) => time.after(ms, run),
): Clock => ({
  now: () => time.now,
  sleep: (duration, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const over = (): void => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      };
      const cancel = plan(duration, over);
      const aborted = (): void => {
        cancel();
        over();
      };
      signal?.addEventListener('abort', aborted);
    }),
});
