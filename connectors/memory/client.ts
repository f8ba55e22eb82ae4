import type { Duration } from '../../topology/model/time.ts';
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
