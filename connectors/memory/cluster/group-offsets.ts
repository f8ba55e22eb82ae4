import { StreamsError } from '../../../topology/model/errors.ts';
import {
  type CommittedOffset,
  type OffsetCommits,
  partitionKey,
  type TopicPartition,
} from '../../../topology/ports/kafka-driver.ts';

interface Commit {
  readonly offset: CommittedOffset;
  /** Place in the group's own log: the later commit stands, whenever its transaction is decided. */
  readonly order: number;
}

/** Offsets of a transaction that is not decided, of one epoch of its producer. */
interface Pending {
  readonly epoch: number;
  readonly commits: Map<string, Commit>;
}

/** The committed offsets of one group, by `topic/partition`, and those of transactions that are not decided yet. */
export class GroupOffsets {
  readonly #committed = new Map<string, Commit>();
  /** By producer. */
  readonly #pending = new Map<number, Pending>();
  #order = 0;

  commit(offsets: OffsetCommits): void {
    for (const [key, offset] of offsets) this.#committed.set(key, { offset, order: this.#order++ });
  }

  /** Offsets inside a transaction of the producer: they count once it is committed. */
  stage(
    { producerId, epoch }: { readonly producerId: number; readonly epoch: number },
    offsets: OffsetCommits,
  ): void {
    const pending = this.#pending.get(producerId) ?? { epoch, commits: new Map<string, Commit>() };
    this.#pending.set(producerId, pending);
    for (const [key, offset] of offsets) pending.commits.set(key, { offset, order: this.#order++ });
  }

  /** Whether this epoch of the producer has offsets here that are not decided: another one's say nothing of it. */
  isPending({ producerId, epoch }: { readonly producerId: number; readonly epoch: number }): boolean {
    return this.#pending.get(producerId)?.epoch === epoch;
  }

  /** The marker of the producer's transaction has come. */
  resolve(producerId: number, committed: boolean): void {
    const pending = this.#pending.get(producerId);
    this.#pending.delete(producerId);
    if (pending === undefined || !committed) return;
    for (const [key, commit] of pending.commits) {
      const stands = this.#committed.get(key);
      if (stands === undefined || stands.order < commit.order) this.#committed.set(key, commit);
    }
  }

  /**
   * What is committed, by `topic/partition`; a partition without a commit is left out.
   * @param requireStable false gives what was committed before a transaction that is still being decided: whoever
   * begins there reads again what that transaction has consumed.
   * @throws StreamsError `unstable-offsets` when such a transaction moves one of the partitions.
   */
  read(at: readonly TopicPartition[], requireStable: boolean): Map<string, CommittedOffset> {
    const found = new Map<string, CommittedOffset>();
    for (const key of at.map(partitionKey)) {
      if (requireStable) this.#assertStable(key);
      const commit = this.#committed.get(key);
      if (commit !== undefined) found.set(key, commit.offset);
    }
    return found;
  }

  /** The group was away for longer than its offsets are kept: the partition has none. */
  expire(at: TopicPartition): void {
    this.#committed.delete(partitionKey(at));
  }

  /** All of them are lost, also those that are pending. */
  clear(): void {
    this.#committed.clear();
    this.#pending.clear();
  }

  #assertStable(key: string): void {
    for (const [producerId, pending] of this.#pending) {
      if (pending.commits.has(key)) {
        throw new StreamsError(
          'unstable-offsets',
          `A transaction of producer ${producerId} that moves ${key} is not decided.`,
        );
      }
    }
  }
}
