import { StreamsError } from '../../topology/model/errors.ts';
import type { OutgoingRecord } from '../../topology/model/record.ts';
import type {
  CommittedOffset,
  GroupGeneration,
  NewTopic,
  OffsetCommits,
  TopicPartition,
} from '../../topology/ports/kafka-driver.ts';
import { ConsumerGroup } from './consumer-group.ts';
import { partitionOf } from './murmur2.ts';
import { PartitionLog } from './partition-log.ts';

/** Kafka in this process: partitioned logs, consumer groups, producers fenced by epoch, atomic commits. */
export class MemoryBroker {
  readonly #topics = new Map<string, readonly PartitionLog[]>();
  readonly #groups = new Map<string, ConsumerGroup>();
  readonly #committed = new Map<string, Map<string, CommittedOffset>>();
  readonly #epochs = new Map<string, number>();
  readonly #waiting = new Set<() => void>();
  #keyless = 0;
  #members = 0;

  createTopics(topics: readonly NewTopic[]): void {
    for (const { name, partitions } of topics) {
      if (!this.#topics.has(name))
        this.#topics.set(
          name,
          Array.from({ length: partitions }, () => new PartitionLog()),
        );
    }
  }

  partitions(topic: string): number | undefined {
    return this.#topics.get(topic)?.length;
  }

  log({ topic, partition }: TopicPartition): PartitionLog {
    const log = this.#topics.get(topic)?.[partition];
    if (log === undefined)
      throw new StreamsError('configuration', `There is no partition ${topic}/${partition}.`);
    return log;
  }

  /** Appends outside any transaction; the records are visible at once. */
  append(topic: string, records: readonly OutgoingRecord[]): void {
    this.assertWritable(topic, records);
    for (const record of records) this.#logOf(topic, record).append(record);
    this.#wake();
  }

  /** @throws StreamsError `configuration` when a record goes to a topic or a partition that is not there. */
  assertWritable(topic: string, records: readonly OutgoingRecord[]): void {
    const logs = this.#logsOf(topic);
    for (const { partition } of records) {
      if (partition !== undefined && logs[partition] === undefined) {
        throw new StreamsError('configuration', `There is no partition ${topic}/${partition}.`);
      }
    }
  }

  /** Offsets and records of one transaction become visible together, with a marker in every partition written. */
  commit(transaction: {
    records: readonly (readonly [string, readonly OutgoingRecord[]])[];
    offsets: OffsetCommits;
    group: GroupGeneration | undefined;
  }): void {
    if (transaction.group !== undefined)
      this.group(transaction.group.groupId).assertCurrent(transaction.group);
    const written = new Set<PartitionLog>();
    for (const [topic, records] of transaction.records) {
      for (const record of records) {
        const log = this.#logOf(topic, record);
        log.append(record);
        written.add(log);
      }
    }
    for (const log of written) log.appendMarker();
    if (transaction.group !== undefined) this.commitOffsets(transaction.group, transaction.offsets);
    this.#wake();
  }

  /** @throws StreamsError `fenced` when the generation is not the group's. */
  commitOffsets(generation: GroupGeneration, offsets: OffsetCommits): void {
    this.group(generation.groupId).assertCurrent(generation);
    const committed = this.committedOf(generation.groupId);
    for (const [at, offset] of offsets) committed.set(at, offset);
  }

  committedOf(groupId: string): Map<string, CommittedOffset> {
    let committed = this.#committed.get(groupId);
    if (committed === undefined) {
      committed = new Map();
      this.#committed.set(groupId, committed);
    }
    return committed;
  }

  group(groupId: string): ConsumerGroup {
    let group = this.#groups.get(groupId);
    if (group === undefined) {
      group = new ConsumerGroup(
        groupId,
        (topic) => this.partitions(topic) ?? 0,
        () => this.#wake(),
      );
      this.#groups.set(groupId, group);
    }
    return group;
  }

  /** An id that no member had before: one that comes back under its old name is another member. */
  newMemberId(name: string): string {
    return `${name}-${this.#members++}`;
  }

  /** A new epoch of a transactional id; producers of older ones are fenced. */
  nextEpoch(transactionalId: string): number {
    const epoch = (this.#epochs.get(transactionalId) ?? -1) + 1;
    this.#epochs.set(transactionalId, epoch);
    return epoch;
  }

  assertEpoch(transactionalId: string, epoch: number): void {
    if (this.#epochs.get(transactionalId) !== epoch) {
      throw new StreamsError(
        'fenced',
        `Producer ${transactionalId} of epoch ${epoch} is fenced by epoch ${this.#epochs.get(transactionalId)}.`,
      );
    }
  }

  /** Resolves when something was appended or a group changed, or after `waitMs`. */
  changed(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      this.#waiting.add(done);
    });
  }

  #wake(): void {
    for (const done of this.#waiting) done();
  }

  #logOf(topic: string, record: OutgoingRecord): PartitionLog {
    const logs = this.#logsOf(topic);
    const partition =
      record.partition ??
      (record.key === null ? this.#keyless++ % logs.length : partitionOf(record.key, logs.length));
    const log = logs[partition];
    if (log === undefined)
      throw new StreamsError('configuration', `There is no partition ${topic}/${partition}.`);
    return log;
  }

  #logsOf(topic: string): readonly PartitionLog[] {
    const logs = this.#topics.get(topic);
    if (logs === undefined) throw new StreamsError('configuration', `There is no topic ${topic}.`);
    return logs;
  }
}
