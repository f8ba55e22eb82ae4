import { type ErrorCode, isStreamsError } from '../../topology/model/errors.ts';
import { type Duration, milliseconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 2_000;

/**
 * Tries again while the error says that it can help, with pauses that double; no try begins after `tryFor`. Only for what
 * may be done twice, which every request to a registry may. Then the last error is the caller's.
 */
export async function persistently<R>(
  clock: Clock,
  tryFor: Duration,
  attempt: () => Promise<R>,
  onRetrying: (code: ErrorCode) => void = () => {},
): Promise<R> {
  const end = clock.now() + tryFor;
  for (let usual = FIRST_PAUSE; ; usual = Math.min(usual * 2, LONGEST_PAUSE)) {
    // Workers that lost the registry at the same time must not all come back at the same time.
    const pause = milliseconds(Math.ceil(usual * (0.5 + Math.random() / 2)));
    try {
      return await attempt();
    } catch (error) {
      if (!isStreamsError(error) || !error.retry || clock.now() + pause > end) throw error;
      onRetrying(error.code);
    }
    await clock.sleep(pause);
  }
}
