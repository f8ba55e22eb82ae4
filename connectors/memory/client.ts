import { type ErrorCode, isStreamsError } from '../../topology/model/errors.ts';
import { type Duration, milliseconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import { systemClock } from './clocks.ts';
import { direct, type Link } from './link.ts';

/** One process that talks to the cluster. */
export interface Client {
  readonly link: Link;
  /** The clock of the process: its pauses and heartbeats. */
  readonly clock: Clock;
  /** Between two heartbeats of a group member. In one process the broker itself says when there is something to say. */
  readonly heartbeat?: Duration;
}

/** In one process with the broker: nothing is lost on the way, and nobody is taken for dead. */
export const inProcess: Client = { link: direct, clock: systemClock };

/** kafka-clients §2 K and §5: these answers come within milliseconds, so a client's usual back-off is too long. */
const AGAIN = milliseconds(10);
/** A dead owner's transaction ends by its time-out; whoever waits must be able to do something else meanwhile. */
const LIMIT = 1_000;

/** Asks again while the answer is one of `codes`, for a second at most; then it is the caller's. */
export async function asked<R>(
  { clock }: Client,
  codes: readonly ErrorCode[],
  ask: () => Promise<R>,
): Promise<R> {
  const began = clock.now();
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isStreamsError(error) || !codes.includes(error.code) || clock.now() - began >= LIMIT) throw error;
    }
    await clock.sleep(AGAIN);
  }
}
