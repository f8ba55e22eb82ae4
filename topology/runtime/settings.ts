import type { Topology } from '../dsl/nodes.ts';
import { StreamsError } from '../model/errors.ts';
import { type Duration, milliseconds, seconds } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { KafkaDriver } from '../ports/kafka-driver.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';
import { silent, type Telemetry } from '../ports/telemetry.ts';
import type { LostInput } from './beginnings.ts';

/** What one worker needs to run a topology. */
export interface WorkerSettings {
  readonly topology: Topology;
  readonly driver: KafkaDriver;
  readonly clock: Clock;
  readonly snapshots?: SnapshotStore;
  readonly telemetry?: Telemetry;
  /** Consumer group; also the first part of the transactional id. */
  readonly application: string;
  /** Slot of this worker in the application: one live worker per slot. */
  readonly slot: string;
  readonly deadLetters: string;
  /** `exactly-once` when not given. At least once needs no transactions: outputs may come twice, never not at all. */
  readonly guarantee?: Guarantee;
  readonly limits?: Partial<Limits>;
  /** What is done where input was deleted before it was read; `refuse` when not given. */
  readonly lostInput?: LostInput;
  /** False: no tick records are written, as in a replay, where no time passes but the recording's. True when not given. */
  readonly ticks?: boolean;
}

export type Guarantee = 'exactly-once' | 'at-least-once';

/** Bounds on what is in flight, and how often it is settled. */
export interface Limits {
  /** Records taken from the log at once, at most: what takes long is taken in smaller parts. */
  readonly pollRecords: number;
  readonly pollBytes: number;
  /** Records processed and not yet committed. */
  readonly uncommittedRecords: number;
  /** Under backlog, time between two commits; caught up, it is at once. */
  readonly commitInterval: Duration;
  readonly transactionTimeout: Duration;
  /** A worker that is silent for so long is taken for dead. */
  readonly sessionTimeout: Duration;
  /** How long a rebalance waits for a worker to give up its partitions. */
  readonly rebalanceTimeout: Duration;
  /** How long partitions that are given up may take to commit and to save; what is not done by then is dropped. */
  readonly revokeTimeout: Duration;
  /** How long an idle poll waits. */
  readonly pollWait: Duration;
  /** Records between two snapshots of a task. */
  readonly snapshotRecords: number;
  /** Time between two snapshots of a task that has changed, where fewer records come: what is replayed after a kill. */
  readonly snapshotInterval: Duration;
}

/** Kafka Streams' commit interval under exactly once; its transaction time-out must stay below the session time-out. */
export const LIMITS: Limits = {
  // What is taken is unpacked at once: more of it would outlive its turn in the young generation, and be copied there.
  pollRecords: 500,
  pollBytes: 8 << 20,
  uncommittedRecords: 20_000,
  commitInterval: milliseconds(100),
  transactionTimeout: seconds(5),
  sessionTimeout: seconds(6),
  rebalanceTimeout: seconds(6),
  // Half a session of 6 s: the group has the member back before it is taken for dead.
  revokeTimeout: seconds(3),
  pollWait: milliseconds(50),
  snapshotRecords: 10_000,
  snapshotInterval: seconds(5),
};

/**
 * A transaction that outlives its owner's session could still be committed when another owns the partitions; one that
 * is shorter than the interval between two commits would be aborted by the broker in the middle.
 * @throws StreamsError `configuration`, with the values.
 */
export function assertOrdered({ commitInterval, transactionTimeout, sessionTimeout }: Limits): void {
  if (commitInterval < transactionTimeout && transactionTimeout < sessionTimeout) return;
  throw new StreamsError(
    'configuration',
    `The commit interval (${commitInterval} ms) must be less than the transaction time-out (${transactionTimeout} ms), and that less than the session time-out (${sessionTimeout} ms).`,
  );
}

export const telemetryOf = (settings: WorkerSettings): Telemetry => settings.telemetry ?? silent;
