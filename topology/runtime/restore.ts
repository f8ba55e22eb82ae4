import type { FoldNode } from '../dsl/nodes.ts';
import { StreamsError } from '../model/errors.ts';
import { type Duration, milliseconds } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';
import {
  type Batch,
  type CommittedOffset,
  type KafkaDriver,
  partitionKey,
  type TopicPartition,
} from '../ports/kafka-driver.ts';
import type { Snapshot } from '../ports/snapshot-store.ts';
import { readMetadata } from './commit-metadata.ts';
import { recall } from './recall.ts';
import type { Task } from './task.ts';
import { readLearning, type Unread } from './unread.ts';

/** Pause before it is asked again whether what is committed can be read. */
const UNDECIDED: Duration = milliseconds(20);

export interface RestoreSource {
  readonly driver: KafkaDriver;
  readonly clock: Clock;
  /** The newest snapshot of the task that can be read. */
  readonly snapshot: () => Promise<Snapshot | undefined>;
  readonly topologyHash: string;
  /** The folds whose states can be recalled where the log does not reach back. */
  readonly recalls: readonly FoldNode[];
  /** So many offsets are left to replay. */
  readonly restoring: (remaining: number) => void;
  /** False once the assignment is gone: a restore must not outlive it. */
  readonly stillOwned: () => boolean;
}

export interface Restored {
  readonly entries: number;
  readonly replayed: number;
  /** Offset of the snapshot that it began from; undefined: from the log alone. */
  readonly snapshotOffset: number | undefined;
  /** The store holds a snapshot of what is not committed. */
  readonly ahead: boolean;
  /** Where the log began, when it began too late for the whole state. */
  readonly degradedFrom?: number;
}

/**
 * Brings a task to the state at its committed offset: the newest snapshot at or before it, then the log up to it
 * with outputs suppressed, then the hash that was committed must match. Of a log that begins too late, what is left
 * is replayed onto what can be recalled; what is then known is less than was committed, so no hash can match.
 * @throws StreamsError `log-truncated` when the log begins after the point where the replay must, and nothing can be recalled,
 * `state-diverged` when the hash differs, `not-assigned` when the assignment went meanwhile.
 */
export async function restore(
  task: Task,
  at: TopicPartition,
  committed: CommittedOffset | undefined,
  source: RestoreSource,
): Promise<Restored> {
  const said = committed && readMetadata(committed.metadata);
  const hash = said?.topology === source.topologyHash ? said.hash : undefined;
  const diverged = ({ degradedFrom }: Restored): boolean =>
    hash !== undefined && degradedFrom === undefined && hash !== task.stateHash;
  // Outputs that are not even made save a good part of a replay. The state lacks them only where a record failed at its output.
  const restored = await broughtBack(task, at, committed, source, hash !== undefined);
  if (!diverged(restored)) return restored;
  for (const store of task.stores.values()) store.clear();
  const whole = await broughtBack(task, at, committed, source, false);
  if (diverged(whole))
    throw new StreamsError(
      'state-diverged',
      `Task ${task.id} has state ${task.stateHash} at offset ${committed?.offset}; ${hash} was committed.`,
    );
  return whole;
}

async function broughtBack(
  task: Task,
  at: TopicPartition,
  committed: CommittedOffset | undefined,
  source: RestoreSource,
  silent: boolean,
): Promise<Restored> {
  const check = (): void => {
    if (source.stillOwned()) return;
    throw new StreamsError('not-assigned', `${partitionKey(at)} moved during its restore.`);
  };
  const snapshot = await source.snapshot();
  check();
  // Of a log that was made anew, or of a group that lost its offsets: nothing can be added to it.
  const ahead = snapshot !== undefined && snapshot.header.offset > (committed?.offset ?? 0);
  if (committed === undefined) return { entries: 0, replayed: 0, snapshotOffset: undefined, ahead };
  const { start } = await source.driver.admin().offsets(at);
  check();
  const fits =
    snapshot?.header.topologyHash === source.topologyHash &&
    !ahead &&
    // One from before the gap says nothing of what the gap took back.
    (snapshot.header.offset >= start || snapshot.header.offset === committed.offset);
  const entries = snapshot !== undefined && fits ? load(task, snapshot) : undefined;
  const snapshotOffset = entries === undefined ? undefined : snapshot?.header.offset;
  const first = readMetadata(committed.metadata)?.from ?? 0;
  const degraded = snapshotOffset === undefined && start > first && committed.offset > 0;
  if (degraded) {
    if (source.recalls.length === 0)
      throw new StreamsError(
        'log-truncated',
        `${partitionKey(at)} begins at offset ${start}, and no snapshot reaches so far; the state must be rebuilt from ${first}.`,
      );
    await recall(task, at, start, source.recalls, source.driver, check);
  }
  const from = snapshotOffset ?? start;
  let replayed = 0;
  source.restoring(committed.offset - from);
  const replay = (batch: Batch): Unread | undefined => {
    check();
    // Of what is recalled no hash tells what is lacking.
    const unread = task.replay(batch, silent && !degraded);
    replayed += batch.records.length;
    source.restoring(Math.max(0, committed.offset - batch.nextOffset));
    return unread;
  };
  // What was carried over lies in the transaction that committed it, and that is written out to one partition after the other.
  for (let reached = from; reached < committed.offset; ) {
    const next = await readLearning(source.driver, at, reached, committed.offset, replay);
    check();
    if (next === reached) await source.clock.sleep(UNDECIDED);
    reached = next;
  }
  check();
  const restored = { entries: entries ?? 0, replayed, snapshotOffset, ahead };
  return degraded ? { ...restored, degradedFrom: start } : restored;
}

/** Takes a snapshot into an empty task. Undefined, and the task still empty, when it is not what its header says. */
function load(task: Task, { header, entries }: Snapshot): number | undefined {
  let loaded = 0;
  try {
    for (const [store, key, state] of entries) {
      task.load(store, key, state);
      loaded++;
    }
  } catch {
    task.discard();
    return undefined;
  }
  if (task.stateHash !== header.stateHash) {
    task.discard();
    return undefined;
  }
  task.promote();
  // What came from the snapshot need not be saved again.
  for (const _change of task.unsaved());
  return loaded;
}
