import { isStreamsError } from '../../model/errors.ts';
import type { StallCause } from '../../ports/telemetry.ts';

/** What a worker is at, by what it asks of its driver. */
export type Doing = Exclude<StallCause, 'open-transaction' | 'parked' | 'revoke'>;

export interface Failure {
  readonly doing: Doing;
  readonly code: string;
  readonly broker: string | undefined;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface OpenRequest {
  readonly doing: Doing;
  /** Epoch milliseconds. */
  readonly since: number;
}

/** One partition that is owned. */
export interface PartitionSeen {
  /** What is committed of it, as far as it is known. */
  committed: number | undefined;
  /** When that last moved, or there was nothing more to do, epoch milliseconds. */
  moved: number;
  /** When last looked at, nobody could read on: an open transaction stood before all that was left. */
  heldUp: boolean;
}

/** What is seen of a worker from outside, between it and its driver. Times are epoch milliseconds. */
export class Observation {
  readonly partitions: Map<string, PartitionSeen> = new Map();
  /** Code by partition. */
  readonly parked: Map<string, string> = new Map();
  /** Requests without an answer: what they are for, and since when. */
  readonly open: Map<symbol, OpenRequest> = new Map();
  assigned = false;
  revokingSince: number | undefined;
  /** When the worker as a whole last came further: it asked for records, or a replay went on. */
  moved: number;
  /** When it was last seen how far the logs are written. */
  looked: number;
  failure: Failure | undefined;
  /** Of the group, which is asked beside everything else. */
  groupFailure: Failure | undefined;
  /** How far the replay of a partition has come. */
  readonly #replayed = new Map<string, number>();

  constructor(now: number) {
    this.moved = now;
    this.looked = now;
  }

  assign(partitions: readonly string[], now: number): void {
    this.assigned = true;
    for (const key of this.partitions.keys()) if (!partitions.includes(key)) this.#forget(key);
    for (const key of partitions)
      if (!this.partitions.has(key))
        this.partitions.set(key, { committed: undefined, moved: now, heldUp: false });
  }

  /** What is committed in between by others is not known. */
  unassign(): void {
    this.assigned = false;
    for (const seen of this.partitions.values()) seen.committed = undefined;
  }

  committed(key: string, offset: number, now: number): void {
    const seen = this.partitions.get(key);
    if (seen === undefined) return;
    if (seen.committed !== offset) seen.moved = now;
    seen.committed = offset;
  }

  /** A replay that begins anew each time comes no further. */
  replayed(key: string, offset: number, now: number): void {
    if (offset <= (this.#replayed.get(key) ?? -1)) return;
    this.#replayed.set(key, offset);
    this.moved = now;
  }

  failed(doing: Doing, error: unknown, now: number): void {
    if (!isStreamsError(error)) return;
    this.failure = { doing, code: error.code, broker: brokerIn(error.message), at: now };
  }

  #forget(key: string): void {
    this.partitions.delete(key);
    this.parked.delete(key);
    this.#replayed.delete(key);
  }
}

/** Drivers name the broker that they talked to. */
const brokerIn = (message: string): string | undefined => / at (\[?[\w.:-]+\]?:\d{1,5})\b/.exec(message)?.[1];
