import { StreamsError } from '../../topology/model/errors.ts';
import {
  type AfterClose,
  type Assignment,
  type CommittedOffset,
  type ConsumerOptions,
  type ConsumerPort,
  type GroupGeneration,
  type OffsetCommits,
  type PolledBatch,
  type PollLimits,
  partitionKey,
  type RebalanceListener,
  type TopicPartition,
} from '../../topology/ports/kafka-driver.ts';
import { again } from '../kafka-client/again.ts';
import { Membership } from '../kafka-client/membership.ts';
import type { MemoryBroker } from './broker.ts';
import type { Client } from './client.ts';
import { MemoryGroupRequests } from './group-requests.ts';

/** A member of a group: it reads the partitions of its assignment, from where it was told to. */
export class MemoryConsumer implements ConsumerPort {
  readonly #broker: MemoryBroker;
  readonly #client: Client;
  readonly #options: ConsumerOptions;
  #requests: MemoryGroupRequests | undefined;
  #membership: Membership | undefined;
  #of: Assignment | undefined;
  /** Positions in the assignment `#of`; a partition without one is not read. */
  #positions = new Map<string, number>();
  /** Partition to begin the next poll with, so that a busy one does not starve the others. */
  #turn = 0;

  constructor(broker: MemoryBroker, client: Client, options: ConsumerOptions) {
    this.#broker = broker;
    this.#client = client;
    this.#options = options;
  }

  /** What the group said last: for showing what comes of reading it at a commit. */
  get live(): GroupGeneration | undefined {
    return this.#membership?.live;
  }

  subscribe(topics: readonly string[], listener: RebalanceListener): Promise<void> {
    this.#requests = new MemoryGroupRequests(this.#broker, this.#client, this.#options, topics);
    this.#membership = new Membership(this.#requests, this.#client.clock, this.#options, listener);
    return Promise.resolve();
  }

  async poll(limits: PollLimits): Promise<readonly PolledBatch[]> {
    const assignment = this.#membership?.assignment;
    if (assignment === undefined) {
      await this.#membership?.changed(limits.waitMs);
      return [];
    }
    this.#follow(assignment);
    const positions = this.#positions;
    // The answer may come when the assignment is gone: it bears the one that it was asked for under.
    const batches = await this.#client.link.call('fetch', async () => {
      const until = this.#broker.now + limits.waitMs;
      for (;;) {
        const found = this.#read(assignment, positions, limits);
        const left = until - this.#broker.now;
        if (found.length > 0 || left <= 0) return found;
        await this.#broker.changed(left);
        // In one process whatever happens ends the wait, so that whoever polls looks at its clock.
        if (this.#client.heartbeat === undefined) return this.#read(assignment, positions, limits);
      }
    });
    // Paused meanwhile: what was asked for before is nobody's.
    const wanted = batches.filter((batch) => positions.has(partitionKey(batch)));
    for (const batch of wanted) positions.set(partitionKey(batch), batch.nextOffset);
    return wanted;
  }

  async stepOver(at: readonly TopicPartition[]): Promise<readonly PolledBatch[]> {
    const assignment = this.#membership?.assignment;
    if (assignment === undefined || assignment !== this.#of) return [];
    const positions = this.#positions;
    const looked = await this.#client.link.call('fetch', () =>
      at.flatMap(({ topic, partition }): (readonly [from: number, batch: PolledBatch])[] => {
        const from = positions.get(`${topic}/${partition}`);
        if (from === undefined) return [];
        const { records, nextOffset } = this.#readOne({ topic, partition }, from, 1, 1);
        const more = nextOffset < this.#broker.log({ topic, partition }).stableEnd;
        return [[from, { topic, partition, records, nextOffset, more, assignment }]];
      }),
    );
    return looked.flatMap(([from, batch]) => {
      const stepped = batch.records.length === 0 && batch.nextOffset > from;
      // Sought meanwhile: what was looked at is nobody's.
      if (!stepped || positions.get(partitionKey(batch)) !== from) return [];
      positions.set(partitionKey(batch), batch.nextOffset);
      return [batch];
    });
  }

  seek(at: TopicPartition, offset: number): void {
    const assignment = this.#membership?.assignment;
    if (assignment === undefined) return;
    this.#follow(assignment);
    this.#positions.set(partitionKey(at), offset);
  }

  pause(at: TopicPartition): void {
    this.#positions.delete(partitionKey(at));
  }

  committed(at: readonly TopicPartition[]): Promise<ReadonlyMap<string, CommittedOffset>> {
    return again(this.#client.clock, ['unstable-offsets'], () =>
      this.#client.link.call('offset-fetch', () =>
        this.#broker.state.offsets(this.#options.groupId).read(at, true),
      ),
    );
  }

  async commit(offsets: OffsetCommits, generation: GroupGeneration): Promise<void> {
    await this.#client.link.call('offset-commit', () =>
      this.#broker.apply((state) => state.commitOffsets(generation.groupId, generation, offsets)),
    );
  }

  async close(membership?: AfterClose): Promise<void> {
    await this.#membership?.close(membership);
  }

  /** What the broker does when the process is gone. */
  abandon(): void {
    this.#requests?.abandon();
  }

  #follow(assignment: Assignment): void {
    if (this.#of === assignment) return;
    this.#of = assignment;
    this.#positions = new Map();
  }

  #read(
    assignment: Assignment,
    positions: ReadonlyMap<string, number>,
    { maxRecords, maxBytes }: PollLimits,
  ): PolledBatch[] {
    const { partitions } = assignment;
    const batches: PolledBatch[] = [];
    let records = 0;
    let bytes = 0;
    for (let i = 0; i < partitions.length && records < maxRecords && bytes < maxBytes; i++) {
      const at = partitions[(this.#turn + i) % partitions.length] as TopicPartition;
      const position = positions.get(partitionKey(at));
      if (position === undefined) continue;
      const batch = this.#readOne(at, position, maxRecords - records, maxBytes - bytes);
      if (batch.nextOffset === position) continue;
      const more = batch.nextOffset < this.#broker.log(at).stableEnd;
      batches.push({ ...at, ...batch, more, assignment });
      records += batch.records.length;
      for (const { value } of batch.records) bytes += value?.length ?? 0;
    }
    this.#turn = partitions.length === 0 ? 0 : (this.#turn + 1) % partitions.length;
    return batches;
  }

  #readOne(
    at: TopicPartition,
    position: number,
    maxRecords: number,
    maxBytes: number,
  ): Pick<PolledBatch, 'records' | 'nextOffset'> {
    const log = this.#broker.log(at);
    if (position < log.start || position > log.end) {
      throw new StreamsError(
        'log-truncated',
        `Position ${position} of ${partitionKey(at)} lies outside of the log, which holds ${log.start} to ${log.end}.`,
      );
    }
    return log.read(position, maxRecords, maxBytes, { committed: true });
  }
}
