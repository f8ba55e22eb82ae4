import type { Duration, Instant } from '../../../topology/model/time.ts';
import type { Clock } from '../../../topology/ports/clock.ts';

/** The clock of a process that can stand still or end: then no sleep of its ends, while the time of the others goes on. */
export class ProcessClock implements Clock {
  readonly #machine: Clock;
  #standing: Promise<void> | undefined;

  constructor(machine: Clock) {
    this.#machine = machine;
  }

  now(): Instant {
    return this.#machine.now();
  }

  async sleep(time: Duration, signal?: AbortSignal): Promise<void> {
    await this.#machine.sleep(time, signal);
    while (this.#standing !== undefined) await this.#standing;
  }

  /** Stands still; gives what lets it go on. */
  freeze(): () => void {
    let wake = (): void => {};
    this.#standing = new Promise((resolve) => (wake = resolve));
    return () => {
      this.#standing = undefined;
      wake();
    };
  }
}
