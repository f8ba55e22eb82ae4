import { offsetCommitV9 } from '@platformatic/kafka';
import type { Clock } from '../../topology/ports/clock.ts';
import {
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
import { Membership } from '../kafka-client/membership.ts';
import type { Cluster } from './cluster.ts';
import { committedOffsets, offsetTopics } from './committed-offsets.ts';
import { type Fetched, Fetching } from './fetching.ts';
import { KafkaGroupRequests } from './group-requests.ts';

/** A member of a group on real brokers. What was fetched beyond what a poll may give waits for the next one. */
export class KafkaConsumer implements ConsumerPort {
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #options: ConsumerOptions;
  readonly #fetching: Fetching;
  #membership: Membership | undefined;
  #of: Assignment | undefined;
  /** Where to fetch on, in the assignment `#of`. */
  #positions = new Map<string, number>();
  /** Fetched, and not yet given. */
  #waiting: Fetched[] = [];

  constructor(cluster: Cluster, clock: Clock, options: ConsumerOptions) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#options = options;
    this.#fetching = new Fetching(cluster, clock, 'fetch');
  }

  async subscribe(topics: readonly string[], listener: RebalanceListener): Promise<void> {
    // A topic that is not there is said here, and not by a group that owns nothing.
    for (const topic of topics) await this.#cluster.topic(topic);
    const requests = new KafkaGroupRequests(this.#cluster, this.#clock, this.#options, topics);
    this.#membership = new Membership(requests, this.#clock, this.#options, listener);
  }

  async poll(limits: PollLimits): Promise<readonly PolledBatch[]> {
    const assignment = this.#membership?.assignment;
    if (assignment === undefined) {
      await this.#membership?.changed(limits.waitMs);
      return [];
    }
    this.#follow(assignment);
    if (this.#waiting.length === 0) {
      const positions = this.#positions;
      const asked = assignment.partitions.flatMap((at): [TopicPartition, number][] => {
        const position = positions.get(partitionKey(at));
        return position === undefined ? [] : [[at, position]];
      });
      const fetched = await this.#fetching.fetch(asked, limits);
      const current = fetched.filter((of) => {
        const from = asked.find(([at]) => at.topic === of.topic && at.partition === of.partition)?.[1];
        // Sought elsewhere meanwhile: what was asked for before is nobody's.
        return from !== undefined && positions.get(partitionKey(of)) === from && of.nextOffset > from;
      });
      for (const of of current) positions.set(partitionKey(of), of.nextOffset);
      // The answer may come when the assignment is gone: it bears the one that it was asked for under.
      if (positions !== this.#positions) return current.map((of) => ({ ...of, assignment }));
      this.#waiting = current;
    }
    return this.#given(limits.maxRecords, assignment);
  }

  seek(at: TopicPartition, offset: number): void {
    const assignment = this.#membership?.assignment;
    if (assignment === undefined) return;
    this.#follow(assignment);
    this.#positions.set(partitionKey(at), offset);
    this.#waiting = this.#waiting.filter((of) => of.topic !== at.topic || of.partition !== at.partition);
  }

  committed(at: readonly TopicPartition[]): Promise<ReadonlyMap<string, CommittedOffset>> {
    return committedOffsets(this.#cluster, this.#clock, this.#options.groupId, at);
  }

  async commit(
    offsets: OffsetCommits,
    { groupId, generation, memberId, instanceId }: GroupGeneration,
  ): Promise<void> {
    await this.#cluster.told(async () => {
      const wire = await this.#cluster.coordinator('group', groupId);
      const what = `Committing offsets of group ${groupId}`;
      await wire.call(
        offsetCommitV9.api,
        what,
        groupId,
        generation,
        memberId,
        instanceId ?? null,
        offsetTopics(offsets),
      );
    });
  }

  async close(): Promise<void> {
    await this.#membership?.close();
  }

  #follow(assignment: Assignment): void {
    if (this.#of === assignment) return;
    this.#of = assignment;
    this.#positions = new Map();
    this.#waiting = [];
  }

  /** At most so many records of what waits, of each partition its share; a batch is cut where that ends. */
  #given(maxRecords: number, assignment: Assignment): PolledBatch[] {
    const given: PolledBatch[] = [];
    const waiting = this.#waiting;
    this.#waiting = [];
    let room = maxRecords;
    for (const [i, { topic, partition, records, nextOffset }] of waiting.entries()) {
      const share = Math.ceil(room / (waiting.length - i));
      const taken = records.length <= share ? records : records.slice(0, share);
      const rest = records.slice(taken.length);
      const next = rest[0]?.offset ?? nextOffset;
      if (taken.length > 0 || rest.length === 0)
        given.push({ topic, partition, records: taken, nextOffset: next, assignment });
      if (rest.length > 0) this.#waiting.push({ topic, partition, records: rest, nextOffset });
      room -= taken.length;
    }
    return given;
  }
}
