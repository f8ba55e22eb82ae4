import { StreamsError } from '../../topology/model/errors.ts';
import { milliseconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { ConsumerOptions, TopicPartition } from '../../topology/ports/kafka-driver.ts';
import { assign } from './assignor.ts';
import type { GroupRequests, Joined, Subscriber } from './group-requests.ts';

/** A session sees at least this many heartbeats; a rebalance is heard of within a second, however long the session. */
const BEATS = 6;
const MOST_MS = 1_000;
const LEAST_MS = 100;

export type Counts = ReadonlyMap<string, number>;

/** What a member is given, and the numbers of partitions that all were shared out by. */
export interface Share {
  readonly partitions: readonly TopicPartition[];
  readonly counts: Counts;
}

export interface JoinAnswer extends Joined {
  readonly leads: boolean;
}

/** The requests of the classic group protocol with one client library. Errors are of the table. */
export interface GroupCalls {
  /** A new member, with null, gets its id first and joins with it: so an answer that is lost leaves no ghost behind. */
  join(memberId: string | null): Promise<JoinAnswer>;
  /** `shares` by member id: the leader's only. */
  sync(generation: number, memberId: string, shares: ReadonlyMap<string, Share>): Promise<Share>;
  heartbeat(memberId: string, generation: number): Promise<void>;
  leave(memberId: string): Promise<void>;
}

/** What the leader looks at. */
interface Topics {
  readonly metadataMaxAge: number;
  topics(names: readonly string[]): Promise<ReadonlyMap<string, { readonly leaders: readonly number[] }>>;
}

/** The classic group protocol with real brokers. */
export class ClassicGroup implements GroupRequests {
  readonly #calls: GroupCalls;
  readonly #topics: Topics;
  readonly #clock: Clock;
  readonly #options: ConsumerOptions;
  /** As the leader it looks for partitions that were added since the group was shared out by `#counts`. */
  #leads = false;
  #counts: Counts = new Map();
  #lookAt = 0;

  constructor(calls: GroupCalls, topics: Topics, clock: Clock, options: ConsumerOptions) {
    this.#calls = calls;
    this.#topics = topics;
    this.#clock = clock;
    this.#options = options;
  }

  async join(memberId: string | null): Promise<Joined> {
    const { leads, ...joined } = await this.#calls.join(memberId);
    this.#leads = leads;
    return joined;
  }

  async sync({ generation, memberId, members }: Joined): Promise<readonly TopicPartition[]> {
    const shares = members.length === 0 ? new Map<string, Share>() : await this.#shares(members);
    const share = await this.#calls.sync(generation, memberId, shares);
    this.#counts = share.counts;
    // A leader that came back under its slot was given what another had shared out: who knows how long ago.
    this.#lookAt = 0;
    return share.partitions;
  }

  async heartbeat(memberId: string, generation: number): Promise<void> {
    await this.#calls.heartbeat(memberId, generation);
    if (this.#leads) await this.#lookForGrowth();
  }

  async leave(memberId: string | null): Promise<void> {
    if (memberId !== null) await this.#calls.leave(memberId);
  }

  async rest(): Promise<void> {
    const share = this.#options.sessionTimeout / BEATS;
    await this.#clock.sleep(milliseconds(Math.min(MOST_MS, Math.max(LEAST_MS, share))));
  }

  async #shares(members: readonly Subscriber[]): Promise<ReadonlyMap<string, Share>> {
    const counts = await this.#countsOf([...new Set(members.flatMap((member) => member.topics))]);
    const assigned = assign(members, (topic) => counts.get(topic) ?? 0);
    return new Map([...assigned].map(([memberId, partitions]) => [memberId, { partitions, counts }]));
  }

  /** Every so often. @throws StreamsError `rebalance-in-progress` when there are partitions that nobody has. */
  async #lookForGrowth(): Promise<void> {
    const now = this.#clock.now();
    if (now < this.#lookAt) return;
    this.#lookAt = now + this.#topics.metadataMaxAge;
    const counts = await this.#countsOf([...this.#counts.keys()]);
    for (const [topic, count] of counts)
      if (count > (this.#counts.get(topic) ?? count))
        throw new StreamsError('rebalance-in-progress', `Topic ${topic} has ${count} partitions now.`);
  }

  /** Of one that no broker knows now it is none: when one knows it, it has grown. */
  async #countsOf(topics: readonly string[]): Promise<Counts> {
    const found = await this.#topics.topics(topics);
    return new Map(topics.map((topic) => [topic, found.get(topic)?.leaders.length ?? 0]));
  }
}
