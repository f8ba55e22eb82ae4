import { isStreamsError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { pauseAfter } from './back-off.ts';

/** Tries again what may help, after pauses that grow until something succeeds. */
export class Patience {
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  #failures = 0;

  constructor(clock: Clock, telemetry: Telemetry) {
    this.#clock = clock;
    this.#telemetry = telemetry;
  }

  /** Something succeeded: the next failure is the first. */
  renew(): void {
    this.#failures = 0;
  }

  /** Waits before the next try. @throws what trying again cannot help. */
  async after(error: unknown): Promise<void> {
    // Of an assignment that is gone nothing is wanted any more.
    if (isStreamsError(error) && error.code === 'not-assigned') return;
    if (!isStreamsError(error) || !error.retry) throw error;
    this.#telemetry.retrying?.(error.code);
    await this.#clock.sleep(pauseAfter(++this.#failures));
  }

  /** Tries until it succeeds, or until nobody wants it any more: then the last error is thrown. */
  async until<R>(work: () => Promise<R>, unwanted: () => boolean): Promise<R> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (unwanted()) throw error;
        await this.after(error);
      }
    }
  }
}
