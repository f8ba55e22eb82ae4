import type { StreamsError } from '../../../topology/model/errors.ts';
import type { TopicPartition } from '../../../topology/ports/kafka-driver.ts';
import type { Joined, Subscriber } from '../../kafka-client/group-requests.ts';

/** Who wants to be in a group, and for which topics. */
export interface JoinRequest {
  /** Null for a new member, which gets an id with the answer. */
  readonly memberId: string | null;
  /** Slot name of a static member (KIP-345). */
  readonly instanceId?: string;
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
}

export type JoinAnswer = (answer: Joined | StreamsError) => void;
export type SyncAnswer = (answer: readonly TopicPartition[] | StreamsError) => void;

/** What is checked when offsets are committed. Generation -1 and member '' stand for "no group". */
export interface Committer {
  readonly generation: number;
  readonly memberId: string;
  readonly instanceId?: string;
}

/** What the coordinator keeps of a member. */
export interface Member extends Subscriber {
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  /** When its session ends unless it is heard of, epoch milliseconds. */
  sessionEnds: number;
  /** When it must have synced, epoch milliseconds; infinite once it has. */
  syncBy: number;
  assignment: readonly TopicPartition[];
  /** The answer it waits for. */
  joining: JoinAnswer | undefined;
  syncing: SyncAnswer | undefined;
}

/** A member that waits to be let in. */
export function memberOf(request: JoinRequest, memberId: string, now: number, joining: JoinAnswer): Member {
  const { instanceId, topics, sessionTimeoutMs, rebalanceTimeoutMs } = request;
  return {
    memberId,
    ...(instanceId === undefined ? {} : { instanceId }),
    topics,
    sessionTimeoutMs,
    rebalanceTimeoutMs,
    sessionEnds: now + sessionTimeoutMs,
    syncBy: Number.POSITIVE_INFINITY,
    assignment: [],
    joining,
    syncing: undefined,
  };
}

export const subscriberOf = ({ memberId, instanceId, topics }: Member): Subscriber =>
  instanceId === undefined ? { memberId, topics } : { memberId, instanceId, topics };

export const sameTopics = (a: readonly string[], b: readonly string[]): boolean => {
  const [one, other] = [new Set(a), new Set(b)];
  return one.size === other.size && [...one].every((topic) => other.has(topic));
};
