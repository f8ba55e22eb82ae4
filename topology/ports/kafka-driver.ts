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
  /** Reads a range of a partition outside any group: for restore, and for tools. */
  read(at: TopicPartition, from: number, to: number, each: (batch: Batch) => void): Promise<void>;
  close(): Promise<void>;
}

/** Declared, never guessed. */
export interface Capabilities {
  readonly transactions: boolean;
  /** What fences a zombie's offsets: the generation it was assigned in, or a transactional id per partition. */
  readonly fencing: 'generation' | 'perPartitionTransactionalId';
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

export interface AdminPort {
  createTopics(topics: readonly NewTopic[]): Promise<void>;
  /** Number of partitions by topic; a topic that does not exist is left out. */
  partitions(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** First offset still in the log, and the end of what is committed. */
  offsets(at: TopicPartition): Promise<{ readonly start: number; readonly end: number }>;
  committed(groupId: string, at: readonly TopicPartition[]): Promise<ReadonlyMap<string, CommittedOffset>>;
  /** Lets go of the log before the offset. */
  deleteRecords(at: TopicPartition, before: number): Promise<void>;
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
}

export interface RebalanceListener {
  /** The assignment is gone after this resolves; what is not committed by then is dropped. */
  onRevoked(assignment: Assignment): Promise<void>;
  onAssigned(assignment: Assignment): Promise<void>;
}

export interface ConsumerPort {
  subscribe(topics: readonly string[], listener: RebalanceListener): Promise<void>;
  /** Records of the assigned partitions from their positions on, read committed; empty after `waitMs` without any. */
  poll(limits: PollLimits): Promise<readonly Batch[]>;
  seek(at: TopicPartition, offset: number): void;
  /** The stable committed offsets: waits for transactions that are still being decided. */
  committed(at: readonly TopicPartition[]): Promise<ReadonlyMap<string, CommittedOffset>>;
  /** At-least-once only: offsets outside a transaction, after their outputs are acknowledged. */
  commit(offsets: OffsetCommits, generation: GroupGeneration): Promise<void>;
  close(): Promise<void>;
}

export interface PollLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
  readonly waitMs: number;
}

export interface TransactionOptions {
  readonly transactionalId: string;
  readonly timeout: Duration;
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
  /** Resolves when all are acknowledged. */
  send(topic: string, records: readonly OutgoingRecord[]): Promise<void>;
  sendOffsets(offsets: OffsetCommits, generation: GroupGeneration): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
  close(): Promise<void>;
}

export const partitionKey = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
