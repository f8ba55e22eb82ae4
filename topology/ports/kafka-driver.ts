import type { ErrorCode } from '../model/errors.ts';
import type { KafkaRecord, OutgoingRecord } from '../model/record.ts';
import type { Duration } from '../model/time.ts';

/** What the engine asks of Kafka, in the engine's words. Every driver passes one conformance suite. */
export interface KafkaDriver {
  readonly name: string;
  readonly capabilities: Capabilities;
  admin(): AdminPort;
  consumer(options: ConsumerOptions): ConsumerPort;
  /** @throws StreamsError `capability-missing` when the driver has no transactions. */
  transactions(options: TransactionOptions): TransactionPort;
  /** A producer outside any transaction, idempotent where the driver can: for at least once. */
  producer(): ProducerPort;
  /**
   * Reads a range of a partition outside any group: for restore, and for tools. Gives the offset up to which it is read: less than `to`
   * where what comes next is not decided.
   */
  read(at: TopicPartition, from: number, to: number, each: (batch: Batch) => void): Promise<number>;
  close(): Promise<void>;
}

/** Declared, never guessed. */
export interface Capabilities {
  readonly transactions: boolean;
  /** What fences a zombie's offsets: the generation it was assigned in, or a transactional id per partition. */
  readonly fencing: 'generation' | 'perPartitionTransactionalId';
  /** Committed offsets are read only once no transaction that moves them is undecided (requireStable). */
  readonly stableOffsets: boolean;
  /** A member that comes back under its slot name takes its partitions back without a rebalance. */
  readonly staticMembership: boolean;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Where to go on, and what was said when it was committed. */
export interface CommittedOffset {
  readonly offset: number;
  readonly metadata: string;
}

/** Records of one partition in offset order. `nextOffset` is past control records and gaps too. */
export interface Batch extends TopicPartition {
  readonly records: readonly KafkaRecord[];
  readonly nextOffset: number;
}

/** A batch that a poll gave, with the assignment under which it was asked for: of an older one it is nobody's. */
export interface PolledBatch extends Batch {
  readonly assignment: Assignment;
  /** More of the partition is known to be there: who has taken this batch is still behind. */
  readonly more: boolean;
}

export interface AdminPort {
  createTopics(topics: readonly NewTopic[]): Promise<void>;
  /** Number of partitions by topic; a topic that does not exist is left out. */
  partitions(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** First offset still in the log, and the end of what is committed. */
  offsets(at: TopicPartition): Promise<{ readonly start: number; readonly end: number }>;
  /** Stable ones, as a member reads them; with `passed-over` what a transaction still moves is told as it was before it. */
  committed(
    groupId: string,
    at: readonly TopicPartition[],
    undecided?: 'passed-over',
  ): Promise<ReadonlyMap<string, CommittedOffset>>;
  /** Lets go of the log before the offset. */
  deleteRecords(at: TopicPartition, before: number): Promise<void>;
  /** How far logs are written and how far decided, by `topic/partition`. */
  ends(at: readonly TopicPartition[]): Promise<ReadonlyMap<string, LogEnds>>;
  /** The transactions that are open in a partition, the first one first: beyond it nobody reads. Not every driver can tell. */
  openTransactions?(at: TopicPartition): Promise<readonly OpenTransaction[]>;
}

export interface LogEnds {
  readonly written: number;
  /** End of what readers of committed records may see: the last stable offset. */
  readonly decided: number;
}

export interface OpenTransaction {
  readonly producerId: string;
  /** Offset of its first record. */
  readonly from: number;
  /** When it last wrote, epoch milliseconds. */
  readonly lastWritten: number;
}

export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  readonly retention?: Duration;
}

export interface ConsumerOptions {
  readonly groupId: string;
  /** Slot name: a worker that comes back under it takes its own partitions back. */
  readonly instanceId?: string;
  /** A member that is not heard of for so long is taken for dead. */
  readonly sessionTimeout: Duration;
  /** How long a rebalance waits for a member to give up its partitions. */
  readonly rebalanceTimeout: Duration;
}

/** What a member owns between two rebalances. A new object per assignment: its identity is the assignment's. */
export interface Assignment {
  readonly partitions: readonly TopicPartition[];
  /** Captured at the assignment and never read again: commits are fenced by it. */
  readonly generation: GroupGeneration;
}

export interface GroupGeneration {
  readonly groupId: string;
  readonly generation: number;
  readonly memberId: string;
  readonly instanceId?: string;
}

/** A driver may call these at any time, also between two steps of a commit: whoever awaited looks again. */
export interface RebalanceListener {
  /**
   * The assignment is gone after this resolves; what is not committed by then is dropped. `lost`: it is gone already,
   * the group went on without this member, and nothing can be committed any more.
   */
  onRevoked(assignment: Assignment, why: 'rebalance' | 'lost'): Promise<void>;
  /** Takes note of it, at once: what must be read before work begins is read afterwards, where it can be given up. */
  onAssigned(assignment: Assignment): void;
  /** The group could not be reached, and is asked again: so one that waits for its assignment is not silent. */
  onRetrying?(code: ErrorCode): void;
}

export interface ConsumerPort {
  subscribe(topics: readonly string[], listener: RebalanceListener): Promise<void>;
  /** Records of the assigned partitions from their positions on, read committed; empty after `waitMs` without any. */
  poll(limits: PollLimits): Promise<readonly PolledBatch[]>;
  seek(at: TopicPartition, offset: number): void;
  /**
   * Looks at once what stands at the positions of these partitions. Where that is nothing but control records and what was aborted, it is
   * stepped over, and given as a batch without records; records are left for a poll.
   */
  stepOver(at: readonly TopicPartition[]): Promise<readonly PolledBatch[]>;
  /** Gives nothing of the partition any more, also of what is fetched already, until `seek` says where to go on. */
  pause(at: TopicPartition): void;
  /** The stable committed offsets: waits for transactions that are still being decided. */
  committed(at: readonly TopicPartition[]): Promise<ReadonlyMap<string, CommittedOffset>>;
  /** At-least-once only: offsets outside a transaction, after their outputs are acknowledged. */
  commit(offsets: OffsetCommits, generation: GroupGeneration): Promise<void>;
  /**
   * Gives up the assignment (`onRevoked` is not called) and leaves the group. A static member may `remain`, as one that
   * comes back: until its session ends its partitions wait for its slot, and nobody else stops.
   */
  close(membership?: AfterClose): Promise<void>;
}

/** What becomes of a member that closes. One without a slot name leaves in any case. */
export type AfterClose = 'leave' | 'remain';

export interface PollLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
  readonly waitMs: number;
}

export interface TransactionOptions {
  readonly transactionalId: string;
  readonly timeout: Duration;
}

/** Sends at once, outside any transaction. */
export interface ProducerPort {
  /**
   * Resolves when all are acknowledged, with where they stand: each record in one of the runs, those of a partition in
   * their order. After an error some may be written: sending again doubles them.
   */
  send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly Appended[]>;
  close(): Promise<void>;
}

/** Records of one send that stand one behind the other in a partition, the first of them at `offset`. */
export interface Appended {
  readonly partition: number;
  readonly offset: number;
  /** The very records that were given. */
  readonly records: readonly OutgoingRecord[];
  /** Where the topic is one of LogAppendTime: the time that all of them bear in place of their own. */
  readonly appendTime?: number;
  /**
   * It was sent more than once. Of what it has already a broker tells a time, whoever stamps the records of the topic: which time they
   * bear is known when they are read.
   */
  readonly resent?: true;
}

/** Offsets by `topic/partition`. */
export type OffsetCommits = ReadonlyMap<string, CommittedOffset>;

/**
 * One producer, one transaction at a time.
 * @throws StreamsError `fenced` (a newer producer or generation: drop everything), `commit-unknown` (the answer to
 * a commit was lost: read the committed offsets to learn which it was); others are the driver's own.
 */
export interface TransactionPort {
  /** Fences older producers of the same id and aborts what they left open. */
  init(): Promise<void>;
  begin(): void;
  /**
   * Resolves when all are acknowledged, with where they stand, as with `ProducerPort`. Several may be under way at once, and may then go
   * together and fail together.
   */
  send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly Appended[]>;
  sendOffsets(offsets: OffsetCommits, generation: GroupGeneration): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
  close(): Promise<void>;
}

export const partitionKey = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
