import type { TopicPartition } from '../../topology/ports/kafka-driver.ts';

/** A member as the leader of the group is told of it. */
export interface Subscriber {
  readonly memberId: string;
  readonly instanceId?: string;
  readonly topics: readonly string[];
}

export interface Joined {
  readonly generation: number;
  readonly memberId: string;
  /** All members when this one leads, else none. */
  readonly members: readonly Subscriber[];
}

/**
 * The requests of the classic group protocol, as one client makes them. Their errors are of the table: `generation-fenced`,
 * `instance-fenced`, `rebalance-in-progress`, or what the way to the coordinator gives.
 */
export interface GroupRequests {
  /** Answered when the group has come together. Null for one that was not in it before. */
  join(memberId: string | null): Promise<Joined>;
  /** What is owned in the generation; the leader says it for all. */
  sync(joined: Joined): Promise<readonly TopicPartition[]>;
  heartbeat(memberId: string, generation: number): Promise<void>;
  leave(memberId: string | null): Promise<void>;
  /** Resolves when it is time for the next heartbeat. */
  rest(): Promise<void>;
}
