import kafkajs from 'kafkajs';
import type { ConsumerOptions, TopicPartition } from '../../topology/ports/kafka-driver.ts';
import type { GroupCalls, JoinAnswer, Share } from '../kafka-client/classic-group.ts';
import { heartbeat, joinGroup, leaveGroup, syncGroup } from './apis.ts';
import type { Cluster } from './cluster.ts';
import type { Exchange } from './library.ts';
import { assertDone } from './protocol-error.ts';

const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol;

const PROTOCOL_TYPE = 'consumer';
/**
 * The name of the assignor. It is not that of a driver whose offsets the group itself fences: an owner of that kind would not fence one of
 * this kind, so the two must not come together in one group, and the broker refuses it.
 */
const PROTOCOL = 'sepsis-streams-per-partition';
const MEMBER_ID_REQUIRED = 79;
const UUID_LENGTH = 36;

/** The classic group protocol over connections of kafkajs. */
export class KafkaJsGroupCalls implements GroupCalls {
  readonly #cluster: Cluster;
  readonly #options: ConsumerOptions;
  readonly #topics: readonly string[];

  constructor(cluster: Cluster, options: ConsumerOptions, topics: readonly string[]) {
    this.#cluster = cluster;
    this.#options = options;
    this.#topics = topics;
  }

  async join(memberId: string | null): Promise<JoinAnswer> {
    const { groupId, instanceId, sessionTimeout, rebalanceTimeout } = this.#options;
    const metadata = MemberMetadata.encode({
      version: 0,
      topics: [...this.#topics],
      userData: Buffer.alloc(0),
    });
    const ask = (as: string) =>
      this.#ask(
        `Joining group ${groupId}`,
        joinGroup({
          groupId,
          sessionTimeout,
          rebalanceTimeout,
          memberId: as,
          groupInstanceId: instanceId ?? null,
          protocolType: PROTOCOL_TYPE,
          groupProtocols: [{ name: PROTOCOL, metadata }],
        }),
        memberId === null && as === '' ? [MEMBER_ID_REQUIRED] : [],
      );
    let answer = await ask(memberId ?? '');
    if (answer.errorCode === MEMBER_ID_REQUIRED) answer = await ask(answer.memberId);
    const leads = answer.leaderId === answer.memberId || this.#led(answer.leaderId);
    const members = (leads ? answer.members : []).map((member) => ({
      memberId: member.memberId,
      topics: MemberMetadata.decode(member.memberMetadata)?.topics ?? [],
      ...(member.groupInstanceId === null ? {} : { instanceId: member.groupInstanceId }),
    }));
    return { leads, generation: answer.generationId, memberId: answer.memberId, members };
  }

  async sync(generationId: number, memberId: string, shares: ReadonlyMap<string, Share>): Promise<Share> {
    const groupAssignment = [...shares].map(([of, share]) => ({
      memberId: of,
      memberAssignment: encoded(share),
    }));
    const { memberAssignment } = await this.#ask(
      `Syncing group ${this.#options.groupId}`,
      syncGroup({ ...this.#member(memberId), generationId, groupAssignment }),
    );
    return decoded(memberAssignment);
  }

  async heartbeat(memberId: string, groupGenerationId: number): Promise<void> {
    await this.#ask(
      `Heartbeat in group ${this.#options.groupId}`,
      heartbeat({ ...this.#member(memberId), groupGenerationId }),
    );
  }

  async leave(memberId: string): Promise<void> {
    const what = `Leaving group ${this.#options.groupId}`;
    const { members } = await this.#ask(what, leaveGroup(this.#member(memberId)));
    for (const { errorCode } of members) assertDone(errorCode, what);
  }

  /**
   * Whether it is the id of who had this slot before. Of a leader that came back under its slot this version of the protocol tells the old
   * id, so that it shares nothing out by mistake; it leads all the same, and nobody else would look for partitions that were added.
   */
  #led(leaderId: string): boolean {
    const { instanceId } = this.#options;
    if (instanceId === undefined || !leaderId.startsWith(`${instanceId}-`)) return false;
    // Behind it stands a UUID and no more: of slot `ward` none is `ward-1`.
    return leaderId.length === instanceId.length + 1 + UUID_LENGTH;
  }

  #member(memberId: string): { groupId: string; memberId: string; groupInstanceId: string | null } {
    const { groupId, instanceId } = this.#options;
    return { groupId, memberId, groupInstanceId: instanceId ?? null };
  }

  /** @throws StreamsError of an error that is none of those `expected`. */
  #ask<A extends { readonly errorCode: number }>(
    what: string,
    exchange: Exchange<A>,
    expected: readonly number[] = [],
  ): Promise<A> {
    return this.#cluster.told(async () => {
      const wire = await this.#cluster.coordinator('group', this.#options.groupId);
      const answer = await wire.call(exchange, what);
      if (!expected.includes(answer.errorCode)) assertDone(answer.errorCode, what);
      return answer;
    });
  }
}

function encoded({ partitions, counts }: Share): Buffer {
  const assignment: Record<string, number[]> = {};
  for (const { topic, partition } of partitions) (assignment[topic] ??= []).push(partition);
  return MemberAssignment.encode({
    version: 0,
    assignment,
    userData: Buffer.from(JSON.stringify(Object.fromEntries(counts))),
  });
}

function decoded(bytes: Buffer): Share {
  const said = MemberAssignment.decode(bytes);
  if (said === null) return { partitions: [], counts: new Map() };
  const partitions = Object.entries(said.assignment).flatMap(([topic, of]) =>
    of.map((partition): TopicPartition => ({ topic, partition })),
  );
  const counts: unknown = JSON.parse(said.userData.toString() || '{}');
  const known = Object.entries(counts ?? {}).filter(([, count]) => typeof count === 'number');
  return { partitions, counts: new Map(known) };
}
