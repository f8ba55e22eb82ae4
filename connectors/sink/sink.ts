import type { OutgoingRecord } from '../../topology/model/record.ts';
import type { TopicPartition } from '../../topology/ports/kafka-driver.ts';

/** A record that a sink is to carry out. */
export interface SinkRecord<V> extends TopicPartition {
  readonly offset: number;
  /** When it was written, epoch milliseconds. */
  readonly timestamp: number;
  readonly key: string;
  readonly value: V;
}

/**
 * The records of one key that wait, oldest first. More may come while somebody looks; what is taken is somebody's, and
 * nothing else of the key is handed out before he is done.
 */
export interface Lane<V> {
  readonly key: string;
  readonly waiting: readonly SinkRecord<V>[];
  /** Takes all that wait; they may be carried out as one. */
  take(): readonly SinkRecord<V>[];
}

/** What is to be written when the taken records are over, in one transaction with the offsets that move on. */
export interface Delivery {
  readonly outputs: readonly (readonly [topic: string, record: OutgoingRecord])[];
}

/** What becomes of alerts outside of Kafka. */
export interface Sink<V> {
  /** Name of the connector, for instance `pagerduty`. */
  readonly name: string;
  /** Learns what it must know of a partition before the first of its records. Throws a StreamsError that says whether to try again. */
  open(at: TopicPartition, signal: AbortSignal): Promise<void>;
  /** Forgets the partition: another member may own it from now on. */
  close(at: TopicPartition): void;
  /**
   * Carries out what waits in a lane; resolves when the other side accepted it, or when it was decided that nothing is to be
   * sent, or never will be accepted (then there are dead letters among the outputs). Whatever may help is tried again inside,
   * without end; `signal` says that nobody wants it any more. Anything it throws is a bug: what it took becomes dead letters.
   */
  deliver(lane: Lane<V>, signal: AbortSignal): Promise<Delivery>;
}
