import { isStreamsError } from '../../topology/model/errors.ts';
import type { ConsumerOptions } from '../../topology/ports/kafka-driver.ts';
import type { GroupCalls, JoinAnswer, Share } from '../kafka-client/classic-group.ts';
import type { Cluster } from './cluster.ts';
import { heartbeatV4, joinGroupV9, leaveGroupV5, syncGroupV5 } from './library.ts';
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

/** The classic group protocol over connections of @platformatic/kafka. */
export class KafkaGroupCalls implements GroupCalls {
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
      if (given === undefined) throw error;
      return ask(given);
    });
    const leads = answer.leader === answer.memberId;
    const members = (leads ? answer.members : []).map((member) => ({
      memberId: member.memberId,
      topics: decodeSubscription(member.metadata),
      ...(typeof member.groupInstanceId === 'string' ? { instanceId: member.groupInstanceId } : {}),
    }));
    return { leads, generation: answer.generationId, memberId: answer.memberId, members };
  }

  async sync(generation: number, memberId: string, shares: ReadonlyMap<string, Share>): Promise<Share> {
    const { groupId, instanceId } = this.#options;
    const assignments = [...shares].map(([of, share]) => ({
      memberId: of,
      assignment: encodeAssignment(share),
    }));
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
    return decodeAssignment(assignment);
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
  }

  async leave(memberId: string): Promise<void> {
    const { groupId, instanceId } = this.#options;
    const member = { memberId, groupInstanceId: instanceId ?? null, reason: null };
    await this.#ask((wire) => wire.call(leaveGroupV5.api, `Leaving group ${groupId}`, groupId, [member]));
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
