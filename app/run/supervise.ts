import type { Running } from './running.ts';
import type { Signals } from './signals.ts';

/** Worst first: a bug, what a dependency refuses, a wrong configuration, unreadable input, an abort, and done. */
const SEVERITY = [1, 4, 2, 3, 5, 0];
const ABORTED = 5;

/** A transaction that is not aborted by then ends by its time-out. */
const LONGEST_ABORT_MS = 1_000;

/**
 * Resolves with the worst exit code when all instances have ended. The first signal asks them to end in good order, and so does
 * one that ends by itself. A second signal, or `longestEnd` milliseconds, aborts those that still run: 5.
 */
export async function supervise(
  instances: readonly Running[],
  signals: Pick<Signals, 'first' | 'second'>,
  longestEnd: number,
): Promise<number> {
  const { promise: late, resolve: tooLate } = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;
  const stopAll = (): void => {
    if (timer !== undefined) return;
    timer = setTimeout(tooLate, longestEnd);
    for (const instance of instances) instance.stop();
  };
  const running = new Set(instances);
  const codes: number[] = [];
  const ends = instances.map(async (instance) => {
    codes.push(await instance.ended);
    running.delete(instance);
    stopAll();
  });
  signals.first.addEventListener('abort', stopAll);
  if (signals.first.aborted) stopAll();
  try {
    await Promise.race([Promise.all(ends), signals.second, late]);
    if (running.size > 0) {
      codes.push(ABORTED);
      const aborts = Promise.all([...running].map((instance) => instance.abort()));
      await Promise.race([aborts.catch(() => {}), pause(LONGEST_ABORT_MS)]);
    }
    return SEVERITY.find((code) => codes.includes(code)) ?? Math.max(...codes);
  } finally {
    clearTimeout(timer);
    signals.first.removeEventListener('abort', stopAll);
  }
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
