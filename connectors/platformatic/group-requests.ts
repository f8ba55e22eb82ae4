import { heartbeatV4, joinGroupV9, leaveGroupV5, syncGroupV5 } from '@platformatic/kafka';
import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import { milliseconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { ConsumerOptions, TopicPartition } from '../../topology/ports/kafka-driver.ts';
import { assign } from '../kafka-client/assignor.ts';
import type { GroupRequests, Joined, Subscriber } from '../kafka-client/group-requests.ts';
import type { Cluster } from './cluster.ts';
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from './subscription.ts';
import type { Wire } from './wire.ts';

const PROTOCOL_TYPE = 'consumer';
/** The name of the assignor: members of another make must not lead a group whose partitions are to stay together. */
const PROTOCOL = 'sepsis-streams';
/** A session sees at least this many heartbeats. */
const BEATS = 6;

type Counts = ReadonlyMap<string, number>;

/** The classic group protocol with real brokers. */
export class KafkaGroupRequests implements GroupRequests {
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #options: ConsumerOptions;
  readonly #topics: readonly string[];
  /** As the leader it looks for partitions that were added since the group was shared out by `#counts`. */
  #leads = false;
  #counts: Counts = new Map();
  #lookAt = 0;

  constructor(cluster: Cluster, clock: Clock, options: ConsumerOptions, topics: readonly string[]) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#options = options;
    this.#topics = topics;
  }

  async join(memberId: string | null): Promise<Joined> {
    const { groupId, instanceId, sessionTimeout, rebalanceTimeout } = this.#options;
    const protocols = [{ name: PROTOCOL, metadata: encodeSubscription(this.#topics) }];
    const ask = (as: string): ReturnType<typeof joinGroupV9.api.async> =>
      this.#ask((wire) =>
        wire.call(
          joinGroupV9.api,
          `Joining group ${groupId}`,
          groupId,
          sessionTimeout,
          rebalanceTimeout,
          as,
          instanceId ?? null,
          PROTOCOL_TYPE,
          protocols,
          null,
        ),
      );
    const answer = await ask(memberId ?? '').catch((error: unknown) => {
      const given = givenId(error);
      // A new member gets its id first, and joins with it: so an answer that is lost leaves no ghost behind.
      if (given === undefined) throw error;
      return ask(given);
    });
    this.#leads = answer.leader === answer.memberId;
    const members = this.#leads
      ? answer.members.map(
          (member): Subscriber => ({
            memberId: member.memberId,
            topics: decodeSubscription(member.metadata),
            ...(typeof member.groupInstanceId === 'string' ? { instanceId: member.groupInstanceId } : {}),
          }),
        )
      : [];
    return { generation: answer.generationId, memberId: answer.memberId, members };
  }

  async sync({ generation, memberId, members }: Joined): Promise<readonly TopicPartition[]> {
    const { groupId, instanceId } = this.#options;
    const assignments = members.length === 0 ? [] : await this.#assignments(members);
    const { assignment } = await this.#ask((wire) =>
      wire.call(
        syncGroupV5.api,
        `Syncing group ${groupId}`,
        groupId,
        generation,
        memberId,
        instanceId ?? null,
        PROTOCOL_TYPE,
        PROTOCOL,
        assignments,
      ),
    );
    const share = decodeAssignment(assignment);
    this.#counts = share.counts;
    // A leader that came back under its slot was given what another had shared out: who knows how long ago.
    this.#lookAt = 0;
    return share.partitions;
  }

  async heartbeat(memberId: string, generation: number): Promise<void> {
    const { groupId, instanceId } = this.#options;
    await this.#ask((wire) =>
      wire.call(
        heartbeatV4.api,
        `Heartbeat in group ${groupId}`,
        groupId,
        generation,
        memberId,
        instanceId ?? null,
      ),
    );
    if (this.#leads) await this.#lookForGrowth();
  }

  async leave(memberId: string | null): Promise<void> {
    if (memberId === null) return;
    const { groupId, instanceId } = this.#options;
    const member = { memberId, groupInstanceId: instanceId ?? null, reason: null };
    await this.#ask((wire) => wire.call(leaveGroupV5.api, `Leaving group ${groupId}`, groupId, [member]));
  }

  async rest(): Promise<void> {
    await this.#clock.sleep(milliseconds(Math.max(100, this.#options.sessionTimeout / BEATS)));
  }

  async #assignments(members: readonly Subscriber[]): Promise<{ memberId: string; assignment: Buffer }[]> {
    const counts = await this.#countsOf([...new Set(members.flatMap((member) => member.topics))]);
    const assigned = assign(members, (topic) => counts.get(topic) ?? 0);
    return [...assigned].map(([memberId, partitions]) => ({
      memberId,
      assignment: encodeAssignment({ partitions, counts }),
    }));
  }

  /** Every so often. @throws StreamsError `rebalance-in-progress` when there are partitions that nobody has. */
  async #lookForGrowth(): Promise<void> {
    const now = this.#clock.now();
    if (now < this.#lookAt) return;
    this.#lookAt = now + this.#cluster.metadataMaxAge;
    const counts = await this.#countsOf([...this.#counts.keys()]);
    for (const [topic, count] of counts)
      if (count > (this.#counts.get(topic) ?? count))
        throw new StreamsError('rebalance-in-progress', `Topic ${topic} has ${count} partitions now.`);
  }

  async #countsOf(topics: readonly string[]): Promise<Counts> {
    const found = await this.#cluster.topics(topics);
    return new Map([...found].map(([topic, { leaders }]) => [topic, leaders.length]));
  }

  #ask<R>(request: (wire: Wire) => Promise<R>): Promise<R> {
    return this.#cluster.told(async () =>
      request(await this.#cluster.coordinator('group', this.#options.groupId)),
    );
  }
}

/** The id that the broker gave with MEMBER_ID_REQUIRED. */
function givenId(error: unknown): string | undefined {
  if (!isStreamsError(error)) return undefined;
  let found: unknown;
  for (let at: unknown = error.cause, depth = 0; found === undefined && depth < 6; depth++) {
    if (typeof at !== 'object' || at === null) return undefined;
    const response: unknown = 'response' in at ? at.response : undefined;
    if (
      typeof response === 'object' &&
      response !== null &&
      'memberId' in response &&
      'errorCode' in response
    )
      found = response.errorCode === 79 ? response.memberId : undefined;
    at = 'cause' in at ? at.cause : undefined;
  }
  return typeof found === 'string' && found !== '' ? found : undefined;
}
