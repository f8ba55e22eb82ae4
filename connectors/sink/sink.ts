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
 * nothing else of the key is handed out before what he did of it is committed: after a crash there is one delivery of a key
 * to make up for, never two.
 */
export interface Lane<V> {
  readonly key: string;
  readonly waiting: readonly SinkRecord<V>[];
  /** Takes the oldest, all that wait unless told how many; they may be carried out as one. */
  take(most?: number): readonly SinkRecord<V>[];
}

/** What is to be written when the taken records are over, in one transaction with the offsets that move on. */
export interface Delivery<V> {
  readonly outputs: readonly (readonly [topic: string, record: OutgoingRecord])[];
  /** Taken records that the other side will never accept: they become dead letters. */
  readonly refused?: readonly Refused<V>[];
}

export interface Refused<V> {
  readonly record: SinkRecord<V>;
  /** Why, as a code of the sink; never a text of the other side, which may hold a patient. */
  readonly reason: string;
}

/** What a sink may know of a partition, and ask, from `open` to `close`. */
export interface Opened {
  /** When the group began with the partition, epoch milliseconds; undefined when nobody noted it: its offsets were set by hand. */
  readonly began: number | undefined;
  /** Carries out the lane of a key, even if no record waits in it. */
  wake(key: string): void;
}

/** What becomes of alerts outside of Kafka. */
export interface Sink<V> {
  /** Name of the connector, for instance `pagerduty`. */
  readonly name: string;
  /** Learns what it must know of a partition before the first of its records. Throws a StreamsError that says whether to try again. */
  open(at: TopicPartition, signal: AbortSignal, opened: Opened): Promise<void>;
  /** Forgets the partition: another member may own it from now on. */
  close(at: TopicPartition): void;
  /**
   * Carries out what waits in a lane; resolves when the other side accepted it, or when it was decided that nothing is to be
   * sent, or never will be accepted. Whatever may help is tried again inside, without end; `signal` says that nobody wants it
   * any more: then it throws at once, unless it is done. It takes something, unless it was told to stop or only woken.
   * Anything else that it throws is a bug: what it took becomes dead letters.
   */
  deliver(lane: Lane<V>, signal: AbortSignal): Promise<Delivery<V>>;
}
