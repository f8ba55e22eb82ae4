import type { Duration, Instant } from '../model/time.ts';

/** The world's time, for the engine only: operators have none. */
export interface Clock {
  now(): Instant;
  /** Resolves after the time has passed, or at once when the signal aborts. */
  sleep(time: Duration, signal?: AbortSignal): Promise<void>;
}
