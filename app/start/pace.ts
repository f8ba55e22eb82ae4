/** Real time, as the demonstration meets it: a test puts another one in its place. */
export interface Pace {
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export const realPace: Pace = {
  now: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
    }),
};

/** So far behind, a run does not race to catch up: the machine was asleep, or is too slow. */
const GIVE_UP_MS = 1_000;

/**
 * Keeps ward time at `speed` simulated seconds a second: waits until the real time of a ward time has come.
 * Every wait counts from the beginning, so waiting a little too long once delays nothing that follows.
 */
export function metronome(
  pace: Pace,
  speed: number,
  start: number,
): (wardTime: number, signal: AbortSignal) => Promise<void> {
  let origin = pace.now();
  return async (wardTime, signal) => {
    const wait = origin + (wardTime - start) / speed - pace.now();
    if (wait > 0) await pace.sleep(wait, signal);
    else if (wait < -GIVE_UP_MS) origin -= wait;
  };
}
