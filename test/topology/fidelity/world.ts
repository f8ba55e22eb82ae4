/** Who a producer is: what the cluster gave it when it began. */
export interface Identity {
  readonly producerId: number;
  readonly epoch: number;
}

/** On whose behalf offsets are committed. Generation -1 and member '' stand for "no group". */
export interface Committer {
  readonly generation: number;
  readonly memberId: string;
  readonly instanceId?: string;
}

/** Who wants to be in a group. */
export interface Joining {
  /** Null for one that was not in it before. */
  readonly memberId: string | null;
  readonly instanceId?: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
}

export interface Joined {
  readonly generation: number;
  readonly memberId: string;
  readonly leads: boolean;
}

/** An answer that may be a long time coming. */
export interface Pending<A> {
  /** Undefined while there is none. @throws what was answered instead. */
  readonly answer: A | undefined;
  /** Resolves when there is one, or the other end has surely got what was asked and keeps it. */
  readonly entered: Promise<void>;
  /** Resolves when there is one. */
  readonly answered: Promise<void>;
}

/** A log as readers of both isolation levels find it, values by offset: `3:a`. */
export interface LogView {
  readonly start: number;
  readonly stableEnd: number;
  readonly end: number;
  readonly committed: readonly string[];
  readonly all: readonly string[];
}

/**
 * A cluster as the protocol shows it, request by request, in version 1 of the protocol of transactions, and one topic in it. Names are
 * the script's own: nobody else uses them. Every method: @throws StreamsError what the cluster refuses it with; what it refuses for a
 * moment only is asked again before.
 */
export interface World {
  /** Null for a producer that is idempotent and no more. */
  initProducerId(transactionalId: string | null, timeoutMs: number): Promise<Identity>;
  addPartitions(transactionalId: string, of: Identity, partitions: readonly number[]): Promise<void>;
  addOffsets(transactionalId: string, of: Identity, groupId: string): Promise<void>;
  /** Gives the first one's offset. */
  produce(partition: number, values: readonly string[], stamp: Stamp | undefined): Promise<number>;
  stageOffset(
    transactionalId: string,
    of: Identity,
    groupId: string,
    as: Committer,
    at: Place,
  ): Promise<void>;
  endTransaction(transactionalId: string, of: Identity, commit: boolean): Promise<void>;
  commitOffset(groupId: string, as: Committer, at: Place): Promise<void>;
  /** Undefined when there is none. */
  committedOffset(groupId: string, partition: number, stable: boolean): Promise<number | undefined>;
  deleteRecords(partition: number, before: number): Promise<void>;
  look(partition: number): Promise<LogView>;
  join(groupId: string, who: Joining): Pending<Joined>;
  /** The partitions that are the member's. A leader says for all who gets what. */
  sync(groupId: string, who: Committer): Pending<readonly number[]>;
  heartbeat(groupId: string, who: Committer): Promise<void>;
  leave(groupId: string, who: Pick<Committer, 'memberId' | 'instanceId'>): Promise<void>;
  /** Lets so much time pass, in which nobody is heard of. */
  pass(milliseconds: number): Promise<void>;
  close(): Promise<void>;
}

/** What is written on a batch. The transactional id is null for a batch outside any transaction. */
export interface Stamp extends Identity {
  readonly transactionalId: string | null;
  readonly sequence: number;
}

/** An offset that is committed of a partition. */
export interface Place {
  readonly partition: number;
  readonly offset: number;
}
