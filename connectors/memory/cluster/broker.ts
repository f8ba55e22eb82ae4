import { StreamsError } from '../../../topology/model/errors.ts';
import {
  type NewTopic,
  type OffsetCommits,
  partitionKey,
  type TopicPartition,
} from '../../../topology/ports/kafka-driver.ts';
import { GroupCoordinator } from './group-coordinator.ts';
import type { Committer } from './group-member.ts';
import { GroupOffsets } from './group-offsets.ts';
import { Partition } from './partition.ts';
import type { NewRecord } from './partition-log.ts';
import type { ProducerStamp } from './producer-state.ts';
import { type ProducerIdentity, TransactionCoordinator } from './transaction-coordinator.ts';

/**
 * What a Kafka cluster knows, as a synchronous state machine: nothing here waits, and time is an argument. Clients
 * stand before it with what makes a cluster distributed: delay, loss, and answers that never come.
 */
export class BrokerState {
  readonly transactions: TransactionCoordinator = new TransactionCoordinator(this);
  readonly #topics = new Map<string, Partition[]>();
  readonly #groups = new Map<string, GroupCoordinator>();
  readonly #offsets = new Map<string, GroupOffsets>();

  /** Topics that are there already stay as they are. @throws StreamsError `configuration` for a name that Kafka does not take. */
  createTopics(topics: readonly NewTopic[]): void {
    for (const { name, partitions } of topics) {
      if (!/^(?!\.\.?$)[\w.-]{1,249}$/.test(name))
        throw new StreamsError('configuration', `${name} is no name of a topic.`);
      if (this.#topics.has(name)) continue;
      this.#topics.set(name, []);
      this.addPartitions(name, partitions);
    }
  }

  /**
   * Gives the topic `total` partitions. Groups notice at their next rebalance, as with real ones, whose leader asks for it.
   * @throws StreamsError `configuration` when it has more, or is not there.
   */
  addPartitions(topic: string, total: number): void {
    const partitions = this.#topics.get(topic);
    if (partitions === undefined) throw new StreamsError('configuration', `There is no topic ${topic}.`);
    if (partitions.length > total) {
      throw new StreamsError('configuration', `Topic ${topic} cannot shrink to ${total} partitions.`);
    }
    while (partitions.length < total) partitions.push(new Partition());
  }

  /** How many partitions the topic has; undefined when it is not there. */
  partitions(topic: string): number | undefined {
    return this.#topics.get(topic)?.length;
  }

  /** @throws StreamsError `configuration` when it is not there. */
  partition(at: TopicPartition): Partition {
    const partition = this.#topics.get(at.topic)?.[at.partition];
    if (partition === undefined) {
      throw new StreamsError('configuration', `There is no partition ${partitionKey(at)}.`);
    }
    return partition;
  }

  group(groupId: string): GroupCoordinator {
    const group =
      this.#groups.get(groupId) ?? new GroupCoordinator(groupId, (topic) => this.partitions(topic) ?? 0);
    this.#groups.set(groupId, group);
    return group;
  }

  offsets(groupId: string): GroupOffsets {
    const offsets = this.#offsets.get(groupId) ?? new GroupOffsets();
    this.#offsets.set(groupId, offsets);
    return offsets;
  }

  /**
   * Appends a batch to a partition, which the client has chosen; gives its first offset. Without a stamp nothing
   * keeps a batch that is sent twice from being there twice.
   * @throws StreamsError `configuration`, `fenced`, `sequence-out-of-order`; in a transaction also
   * `concurrent-transactions`, and `invalid-transaction` when the partition was not added to it.
   */
  produce(at: TopicPartition, records: readonly NewRecord[], stamp?: ProducerStamp): number {
    const partition = this.partition(at);
    if (stamp === undefined) return partition.append(records);
    return partition.append(records, stamp, () =>
      this.transactions.verify(stamp.producerId, stamp.epoch, at),
    );
  }

  /** Lets go of what lies before the offset. @throws StreamsError `configuration`; `log-truncated` behind the end of the log. */
  deleteRecords(at: TopicPartition, before: number): void {
    const { log } = this.partition(at);
    if (before > log.end)
      throw new StreamsError(
        'log-truncated',
        `Offset ${before} of ${partitionKey(at)} lies behind its end, ${log.end}.`,
      );
    log.truncate(before);
  }

  /**
   * Offsets inside a transaction (KIP-447). The generation is checked here and not again at the end.
   * @throws StreamsError as `produce`, and as `GroupCoordinator.checkCommit`.
   */
  txnOffsetCommit(
    groupId: string,
    producer: ProducerIdentity,
    member: Committer,
    offsets: OffsetCommits,
  ): void {
    const known = this.offsets(groupId);
    if (!known.isPending(producer))
      this.transactions.verify(producer.producerId, producer.epoch, { groupId });
    this.group(groupId).checkCommit(member, true);
    known.stage(producer, offsets);
  }

  /** Offsets outside a transaction. @throws StreamsError as `GroupCoordinator.checkCommit`. */
  commitOffsets(groupId: string, member: Committer, offsets: OffsetCommits): void {
    this.group(groupId).checkCommit(member, false);
    this.offsets(groupId).commit(offsets);
  }

  /** Lets time pass: sessions and rebalances of all groups. Transactions end by `transactions.expire`, scanned more rarely. */
  tick(now: number): void {
    for (const group of this.#groups.values()) group.tick(now);
  }
}
