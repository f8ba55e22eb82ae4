import type { Clock } from '../../topology/ports/clock.ts';
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
  type RebalanceListener,
  type TopicPartition,
} from '../../topology/ports/kafka-driver.ts';
import type { Fetching } from './fetching.ts';
import type { GroupRequests } from './group-requests.ts';
import { Membership } from './membership.ts';
import { Waiting } from './waiting.ts';

/** What a member of a group asks of real brokers, with one client library. */
export interface ConsumerRequests {
  /** Of a topic. @throws StreamsError `configuration` when it does not exist. */
  topic(name: string): Promise<unknown>;
  group(topics: readonly string[]): GroupRequests;
  fetching(): Fetching;
  committed(at: readonly TopicPartition[]): Promise<ReadonlyMap<string, CommittedOffset>>;
  commit(offsets: OffsetCommits, generation: GroupGeneration): Promise<void>;
}

/** A member of a group on real brokers. What was fetched beyond what a poll may give waits for the next one. */
export class GroupConsumer implements ConsumerPort {
  readonly #requests: ConsumerRequests;
  readonly #clock: Clock;
  readonly #options: ConsumerOptions;
  #membership: Membership | undefined;
  #of: Assignment | undefined;
  /** Of the assignment `#of`. */
  #fetching: Fetching;
  #waiting = new Waiting();

  constructor(requests: ConsumerRequests, clock: Clock, options: ConsumerOptions) {
    this.#requests = requests;
    this.#clock = clock;
    this.#options = options;
    this.#fetching = requests.fetching();
  }

  async subscribe(topics: readonly string[], listener: RebalanceListener): Promise<void> {
    // A topic that is not there is said here, and not by a group that owns nothing.
    for (const topic of topics) await this.#requests.topic(topic);
    this.#membership = new Membership(this.#requests.group(topics), this.#clock, this.#options, listener);
  }

  async poll(limits: PollLimits): Promise<readonly PolledBatch[]> {
    const assignment = this.#membership?.assignment;
    if (assignment === undefined) {
      await this.#membership?.changed(limits.waitMs);
      return [];
    }
    this.#follow(assignment);
    if (this.#waiting.empty) {
      const fetching = this.#fetching;
      await fetching.wait({ ...limits, records: limits.maxRecords });
      const fetched = fetching.take();
      // The answer may come when the assignment is gone: then it is nobody's.
      if (fetching !== this.#fetching) return [];
      this.#waiting.put(fetched);
    }
    const given = this.#waiting.give(limits.maxRecords, (at, from) => this.#fetching.seek(at, from));
    return given.map((batch) => ({ ...batch, assignment }));
  }

  async stepOver(at: readonly TopicPartition[]): Promise<readonly PolledBatch[]> {
    const assignment = this.#membership?.assignment;
    if (assignment === undefined || assignment !== this.#of) return [];
    const fetching = this.#fetching;
    // What waits stands before whatever would be found.
    const stepped = await fetching.stepOver(at.filter((one) => !this.#waiting.has(one)));
    if (fetching !== this.#fetching) return [];
    return stepped.map(({ topic, partition, nextOffset, end }) => {
      const more = nextOffset < end;
      return { topic, partition, records: [], nextOffset, more, assignment };
    });
  }

  seek(at: TopicPartition, offset: number): void {
    const assignment = this.#membership?.assignment;
    if (assignment === undefined) return;
    this.#follow(assignment);
    this.#fetching.seek(at, offset);
    this.#waiting.drop(at);
  }

  pause(at: TopicPartition): void {
    this.#fetching.pause(at);
    this.#waiting.drop(at);
  }

  committed(at: readonly TopicPartition[]): Promise<ReadonlyMap<string, CommittedOffset>> {
    return this.#requests.committed(at);
  }

  commit(offsets: OffsetCommits, generation: GroupGeneration): Promise<void> {
    return this.#requests.commit(offsets, generation);
  }

  async close(membership?: AfterClose): Promise<void> {
    await this.#membership?.close(membership);
  }

  #follow(assignment: Assignment): void {
    if (this.#of === assignment) return;
    this.#of = assignment;
    this.#fetching = this.#requests.fetching();
    this.#waiting = new Waiting();
  }
}
