import { StreamsError } from '../../topology/model/errors.ts';
import {
  type Assignment,
  type Batch,
  type CommittedOffset,
  type ConsumerOptions,
  type ConsumerPort,
  type GroupGeneration,
  type OffsetCommits,
  type PollLimits,
  partitionKey,
  type RebalanceListener,
  type TopicPartition,
} from '../../topology/ports/kafka-driver.ts';
import type { MemoryBroker } from './broker.ts';

/** A member of a group of the in-memory broker. Rebalances happen inside `poll`, as in Kafka's own client. */
export class MemoryConsumer implements ConsumerPort {
  readonly #broker: MemoryBroker;
  readonly #groupId: string;
  readonly #memberId: string;
  readonly #positions = new Map<string, number>();
  #listener: RebalanceListener | undefined;
  #assignment: Assignment | undefined;
  #revoked = true;
  /** Partition to begin the next poll with, so that a busy one does not starve the others. */
  #turn = 0;

  constructor(broker: MemoryBroker, options: ConsumerOptions, memberId: string) {
    this.#broker = broker;
    this.#groupId = options.groupId;
    this.#memberId = memberId;
  }

  subscribe(topics: readonly string[], listener: RebalanceListener): Promise<void> {
    this.#listener = listener;
    this.#broker.group(this.#groupId).add(this.#memberId, topics);
    return Promise.resolve();
  }

  async poll(limits: PollLimits): Promise<readonly Batch[]> {
    if (!(await this.#settled())) {
      await this.#broker.changed(limits.waitMs);
      return [];
    }
    const batches = this.#read(limits);
    if (batches.length > 0 || limits.waitMs <= 0) return batches;
    await this.#broker.changed(limits.waitMs);
    return (await this.#settled()) ? this.#read(limits) : [];
  }

  seek(at: TopicPartition, offset: number): void {
    this.#positions.set(partitionKey(at), offset);
  }

  committed(at: readonly TopicPartition[]): Promise<ReadonlyMap<string, CommittedOffset>> {
    const committed = this.#broker.committedOf(this.#groupId);
    const found = new Map<string, CommittedOffset>();
    for (const one of at) {
      const offset = committed.get(partitionKey(one));
      if (offset !== undefined) found.set(partitionKey(one), offset);
    }
    return Promise.resolve(found);
  }

  async commit(offsets: OffsetCommits, generation: GroupGeneration): Promise<void> {
    this.#broker.commitOffsets(generation, offsets);
  }

  close(): Promise<void> {
    this.#listener = undefined;
    this.#broker.group(this.#groupId).remove(this.#memberId);
    return Promise.resolve();
  }

  /** Takes part in a rebalance when there is one; false while it is not over. */
  async #settled(): Promise<boolean> {
    const group = this.#broker.group(this.#groupId);
    const listener = this.#listener;
    if (listener === undefined) return false;
    if (!group.mustRejoin(this.#memberId, this.#assignment)) return true;
    if (!this.#revoked) {
      this.#revoked = true;
      if (this.#assignment !== undefined) await listener.onRevoked(this.#assignment);
    }
    const assignment = group.join(this.#memberId);
    if (assignment === undefined) return false;
    this.#assignment = assignment;
    this.#revoked = false;
    this.#positions.clear();
    await listener.onAssigned(assignment);
    return !group.mustRejoin(this.#memberId, assignment);
  }

  #read({ maxRecords, maxBytes }: PollLimits): Batch[] {
    const partitions = this.#assignment?.partitions ?? [];
    const batches: Batch[] = [];
    let records = 0;
    let bytes = 0;
    for (let i = 0; i < partitions.length && records < maxRecords && bytes < maxBytes; i++) {
      const at = partitions[(this.#turn + i) % partitions.length] as TopicPartition;
      const batch = this.#readOne(at, maxRecords - records, maxBytes - bytes);
      if (batch === undefined) continue;
      batches.push(batch);
      records += batch.records.length;
      for (const { value } of batch.records) bytes += value?.length ?? 0;
    }
    this.#turn = partitions.length === 0 ? 0 : (this.#turn + 1) % partitions.length;
    return batches;
  }

  #readOne(at: TopicPartition, maxRecords: number, maxBytes: number): Batch | undefined {
    const log = this.#broker.log(at);
    const key = partitionKey(at);
    const position = this.#positions.get(key) ?? 0;
    if (position < log.start) {
      throw new StreamsError(
        'log-truncated',
        `Position ${position} of ${key} lies before the log's start ${log.start}.`,
      );
    }
    if (position > log.end) {
      throw new StreamsError(
        'log-truncated',
        `Position ${position} of ${key} lies behind the log's end ${log.end}.`,
      );
    }
    if (position === log.end) return undefined;
    const { records, nextOffset } = log.read(position, maxRecords, maxBytes);
    this.#positions.set(key, nextOffset);
    return { ...at, records, nextOffset };
  }
}
