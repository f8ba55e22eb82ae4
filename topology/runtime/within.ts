import type { Duration } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';

/** Waits for work, but not for longer than `time`: false when it is not done by then; it goes on, unwatched. */
export async function within(time: Duration, clock: Clock, work: Promise<void>): Promise<boolean> {
  const ended = new AbortController();
  const timedOut = clock.sleep(time, ended.signal).then(() => false);
  try {
    return await Promise.race([work.then(() => true), timedOut]);
  } finally {
    ended.abort();
  }
}
