import { systemClock } from '../../connectors/memory/clocks.ts';
import type { Duration } from '../../topology/model/time.ts';

/** Resolves when the work is done, or the time has passed: then it goes on, and nobody asks how it ends. Rejects as it does in time. */
export async function within(time: Duration, work: Promise<void>): Promise<void> {
  const done = new AbortController();
  try {
    await Promise.race([work, systemClock.sleep(time, done.signal)]);
  } finally {
    done.abort();
  }
}
