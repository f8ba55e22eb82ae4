import type { Duration } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';

/** Without a reason an error with a stack is made for each. */
const WOKEN = 'woken';

/** Something that others wait for: whoever waits looks again after it. */
export class Signal {
  readonly #waiting = new Set<() => void>();

  give(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Resolves with the next `give`, or after the time. */
  async wait(time: Duration, clock: Clock): Promise<void> {
    if (time <= 0) return;
    const over = new AbortController();
    const wake = (): void => over.abort(WOKEN);
    this.#waiting.add(wake);
    try {
      await clock.sleep(time, over.signal);
    } finally {
      this.#waiting.delete(wake);
    }
  }
}
