import { describeGroupsV5, heartbeatV4, joinGroupV9, leaveGroupV5, syncGroupV5 } from '@platformatic/kafka';
import { assign } from '../../../connectors/kafka-client/assignor.ts';
import { refused } from '../../../connectors/kafka-client/refused.ts';
import { nameOfCode } from '../../../connectors/platformatic/protocol-error.ts';
import {
  decodeAssignment,
  encodeAssignment,
  encodeSubscription,
} from '../../../connectors/platformatic/subscription.ts';
import type { Requests } from './requests.ts';
import type { Committer, Joined, Joining, Pending } from './world.ts';

const TYPE = 'consumer';
const PROTOCOL = 'fidelity';
const MEMBER_ID_REQUIRED = 79;
/** Partitions that groups share out: any number of members up to six gets equal parts. */
export const SHARED = 60;

type Answer = Awaited<ReturnType<typeof joinGroupV9.api.async>>;

/** The classic group protocol with a real broker, whose leaders share out by the rule of our own clients. */
export class BrokerGroup {
  readonly #requests: Requests;
  readonly #topic: string;
  /** The join answers of leaders, by their ids. */
  readonly #led = new Map<string, Answer>();

  constructor(requests: Requests, topic: string) {
    this.#requests = requests;
    this.#topic = topic;
  }

  join(groupId: string, who: Joining): Pending<Joined> {
    const { memberId, instanceId, sessionTimeoutMs, rebalanceTimeoutMs } = who;
    const protocols = [{ name: PROTOCOL, metadata: encodeSubscription([this.#topic]) }];
    const ask = (as: string): Promise<Answer> =>
      this.#requests.callAlone(
        joinGroupV9.api,
        groupId,
        sessionTimeoutMs,
        rebalanceTimeoutMs,
        as,
        instanceId ?? null,
        TYPE,
        protocols,
        null,
      );
    const named = Promise.withResolvers<void>();
    const answer = (async (): Promise<Joined> => {
      // One that comes without an id is given it first.
      const id = memberId ?? (instanceId === undefined ? await this.#newId(ask) : '');
      const asked = ask(id);
      named.resolve();
      const joined = await asked;
      const leads = joined.leader === joined.memberId;
      if (leads) this.#led.set(joined.memberId, joined);
      return { generation: joined.generationId, memberId: joined.memberId, leads };
    })();
    answer.catch(() => named.resolve());
    return new Asked(answer, (answered) => named.promise.then(() => this.#rebalancing(groupId, answered)));
  }

  sync(groupId: string, { memberId, generation, instanceId }: Committer): Pending<readonly number[]> {
    const led = this.#led.get(memberId);
    const assignments = led === undefined || led.generationId !== generation ? [] : this.#assignments(led);
    const answer = this.#requests
      .callAlone(
        syncGroupV5.api,
        groupId,
        generation,
        memberId,
        instanceId ?? null,
        TYPE,
        PROTOCOL,
        assignments,
      )
      .then(({ assignment }) => decodeAssignment(assignment).partitions.map(({ partition }) => partition));
    return new Asked(answer, () => Promise.resolve());
  }

  async heartbeat(groupId: string, { memberId, generation, instanceId }: Committer): Promise<void> {
    await this.#requests.call(heartbeatV4.api, groupId, generation, memberId, instanceId ?? null);
  }

  async leave(
    groupId: string,
    { memberId, instanceId }: Pick<Committer, 'memberId' | 'instanceId'>,
  ): Promise<void> {
    const member = { memberId, groupInstanceId: instanceId ?? null, reason: null };
    const { members } = await this.#requests.call(leaveGroupV5.api, groupId, [member]);
    const code = members[0]?.errorCode ?? 0;
    if (code !== 0) throw refused(nameOfCode(code), 'Leaving');
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #newId(ask: (as: string) => Promise<Answer>): Promise<string> {
    try {
      return (await ask('')).memberId;
    } catch (error) {
      const id = idIn(error);
      if (id === undefined) throw error;
      return id;
    }
  }

  /** A join that waits has made the group prepare its next generation: until that can be seen it may be on its way. */
  async #rebalancing(groupId: string, answered: Promise<void>): Promise<void> {
    let done = false;
    void answered.then(() => {
      done = true;
    });
    while (!done) {
      const { groups } = await this.#requests.call(describeGroupsV5.api, [groupId], false);
      if (groups[0]?.groupState === 'PreparingRebalance') return;
      await new Promise((resolve) => void setTimeout(resolve, 5));
    }
  }

  #assignments({ members }: Answer): { memberId: string; assignment: Buffer }[] {
    const subscribers = members.map(({ memberId, groupInstanceId }) => ({
      memberId,
      topics: [this.#topic],
      ...(typeof groupInstanceId === 'string' ? { instanceId: groupInstanceId } : {}),
    }));
    return [...assign(subscribers, () => SHARED)].map(([memberId, partitions]) => ({
      memberId,
      assignment: encodeAssignment({ partitions, counts: new Map() }),
    }));
  }
}

/** A request that is under way. */
class Asked<A> implements Pending<A> {
  readonly answered: Promise<void>;
  readonly entered: Promise<void>;
  #given: A | undefined;
  #failed: Error | undefined;

  constructor(work: Promise<A>, entered: (answered: Promise<void>) => Promise<void>) {
    this.answered = work.then(
      (answer) => {
        this.#given = answer;
      },
      (error: unknown) => {
        this.#failed = error instanceof Error ? error : new Error('It failed.', { cause: error });
      },
    );
    this.entered = entered(this.answered);
  }

  get answer(): A | undefined {
    if (this.#failed !== undefined) throw this.#failed;
    return this.#given;
  }
}

/** The id that comes with MEMBER_ID_REQUIRED. */
function idIn(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 8) return undefined;
  const response: unknown = 'response' in error ? error.response : undefined;
  if (typeof response === 'object' && response !== null && 'memberId' in response && 'errorCode' in response)
    return response.errorCode === MEMBER_ID_REQUIRED ? String(response.memberId) : undefined;
  const inner = 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  return [...inner, 'cause' in error ? error.cause : undefined]
    .map((one) => idIn(one, depth + 1))
    .find((id) => id !== undefined);
}
