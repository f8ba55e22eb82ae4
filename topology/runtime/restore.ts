import { StreamsError } from '../model/errors.ts';
import type { CommittedOffset, KafkaDriver, TopicPartition } from '../ports/kafka-driver.ts';
import type { SnapshotKey, SnapshotStore } from '../ports/snapshot-store.ts';
import type { Task } from './task.ts';

/** What is said beside a committed offset of a stateful task. */
export interface CommitMetadata {
  readonly v: 1;
  readonly hash: string;
  readonly topology: string;
}

export const metadataText = (hash: string, topology: string): string => JSON.stringify({ v: 1, hash, topology } satisfies CommitMetadata);

function readMetadata(text: string): CommitMetadata | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && 'hash' in parsed ? (parsed as CommitMetadata) : undefined;
  } catch {
    return undefined;
  }
}

export interface RestoreSource {
  readonly driver: KafkaDriver;
  readonly snapshots: SnapshotStore | undefined;
  readonly key: SnapshotKey;
  readonly topologyHash: string;
  /** False once the assignment is gone: a restore must not outlive it. */
  readonly stillOwned: () => boolean;
}

export interface Restored {
  readonly entries: number;
  readonly replayed: number;
  /** Offset of the snapshot that it began from; undefined: from the log alone. */
  readonly snapshotOffset: number | undefined;
}

/**
 * Brings a task to the state at its committed offset: the newest snapshot at or before it, then the log up to it
 * with outputs suppressed, then the hash that was committed must match.
 * @throws StreamsError `log-truncated` when the log begins after the point where the replay must,
 * `state-diverged` when the hash differs, `not-assigned` when the assignment went meanwhile.
 */
export async function restore(task: Task, at: TopicPartition, committed: CommittedOffset | undefined, source: RestoreSource): Promise<Restored> {
  if (committed === undefined) return { entries: 0, replayed: 0, snapshotOffset: undefined };
  const snapshot = await source.snapshots?.load(source.key);
  const usable = snapshot !== undefined && snapshot.header.topologyHash === source.topologyHash && snapshot.header.offset <= committed.offset ? snapshot : undefined;
  let entries = 0;
  for (const [store, key, state] of usable?.entries ?? []) {
    task.load(store, key, state);
    entries++;
  }
  task.promote();
  // What came from the snapshot need not be saved again.
  for (const _change of task.unsaved());
  const { start } = await source.driver.admin().offsets(at);
  const from = usable?.header.offset ?? 0;
  if (start > from && start > 0 && from < committed.offset) {
    throw new StreamsError('log-truncated', `${at.topic}/${at.partition} begins at offset ${start}; the state must be rebuilt from ${from}.`);
  }
  let replayed = 0;
  await source.driver.read(at, from, committed.offset, (batch) => {
    if (!source.stillOwned()) throw new StreamsError('not-assigned', `${at.topic}/${at.partition} moved during its restore.`);
    task.replay(batch);
    replayed += batch.records.length;
  });
  const said = readMetadata(committed.metadata);
  if (said !== undefined && said.topology === source.topologyHash && said.hash !== task.stateHash) {
    throw new StreamsError('state-diverged', `Task ${task.id} has state ${task.stateHash} at offset ${committed.offset}; ${said.hash} was committed.`);
  }
  return { entries, replayed, snapshotOffset: usable?.header.offset };
}
