import { type Duration, minutes } from '../../topology/model/time.ts';
import { type LogEnds, partitionKey, type TopicPartition } from '../../topology/ports/kafka-driver.ts';
import type { StallCause } from '../../topology/ports/telemetry.ts';

/** Longer than a fetch that finds its leader away, and than an open transaction of somebody who died. */
const STILL: Duration = minutes(1);

/** How far a partition is read. */
export interface ReadSoFar extends TopicPartition {
  readonly next: number;
}

/** Sees of partitions whether what is in their log comes: a reader that gets nothing fails at nothing, and says nothing. */
export class Unread {
  #seen = new Map<string, { readonly next: number; readonly since: number }>();

  /** Nothing is known of the time until now. */
  forget(): void {
    this.#seen.clear();
  }

  /** What a partition that has more, and has not moved for a minute, waits for; undefined: all go on. */
  at(
    partitions: readonly ReadSoFar[],
    ends: ReadonlyMap<string, LogEnds>,
    now: number,
  ): StallCause | undefined {
    const seen = new Map<string, { readonly next: number; readonly since: number }>();
    let cause: StallCause | undefined;
    for (const at of partitions) {
      const key = partitionKey(at);
      const { next } = at;
      const end = ends.get(key);
      const before = this.#seen.get(key);
      const still = end !== undefined && end.written > next && before?.next === next;
      const since = still ? before.since : now;
      seen.set(key, { next, since });
      if (still && now - since >= STILL) cause ??= next >= end.decided ? 'open-transaction' : 'fetch';
    }
    this.#seen = seen;
    return cause;
  }
}
