import { type ErrorCode, isStreamsError } from '../../topology/model/errors.ts';
import { milliseconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';

/** Refusals that end by themselves: the last transaction is written out, a leader or a coordinator is being found. */
export const PASSING: readonly ErrorCode[] = [
  'concurrent-transactions',
  'unstable-offsets',
  'broker-unavailable',
];

/** kafka-clients §2 K: a client's usual back-off of 100 ms and more is what these answers would cost. */
const AGAIN = milliseconds(5);
/** A broker that is away is asked at pauses that grow up to this. */
const LONGEST = 80;
/** A dead owner's transaction ends by its time-out; whoever waits must be able to do something else meanwhile. */
const LIMIT = 2_000;

/**
 * Asks again while the answer is one of `codes`, for two seconds at most unless told; then it is the caller's. What may be asked for again
 * without knowing what became of it is not among them: a refusal is known, and so is a broker that nobody reached.
 */
export async function again<R>(
  clock: Clock,
  codes: readonly ErrorCode[],
  ask: () => Promise<R>,
  limitMs: number = LIMIT,
): Promise<R> {
  const began = clock.now();
  for (let pause = AGAIN; ; ) {
    try {
      return await ask();
    } catch (error) {
      if (!isStreamsError(error) || !codes.includes(error.code) || clock.now() - began >= limitMs)
        throw error;
      pause = error.code === 'broker-unavailable' ? milliseconds(Math.min(LONGEST, pause * 2)) : AGAIN;
    }
    await clock.sleep(pause);
  }
}
