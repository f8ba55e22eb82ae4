import { StreamsError } from '../model/errors.ts';
import type { Instant } from '../model/time.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';
import type { Guarantee, Limits } from '../runtime/settings.ts';

export interface TestDriverOptions {
  /** Partitions of every topic; 1 when not given. */
  readonly partitions?: number;
  /** Workers that share them; 1 when not given. */
  readonly instances?: number;
  /** What the clock shows at first; 1970-01-01T00:00:00Z when not given. Only `tick` moves it. */
  readonly start?: Instant;
  /** `exactly-once` when not given. */
  readonly guarantee?: Guarantee;
  /**
   * True: each commit is followed by a snapshot of what it changed, and a task that is taken over begins from there.
   * False, which holds when not given: its state is rebuilt from the log. Or a store of your own, one that fails, say.
   */
  readonly snapshots?: boolean | SnapshotStore;
  /** Bounds of the engine that a test wants otherwise: `pollRecords`, `snapshotRecords`. */
  readonly limits?: Partial<Limits>;
}

/** @throws StreamsError `configuration` when it is not a whole number above zero. */
export function assertCount(name: string, count: number): void {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new StreamsError('configuration', `There must be one or more ${name}, not ${count}.`);
}
