import { type Duration, seconds } from '../../topology/model/time.ts';
import type { Topic } from '../../topology/model/topic.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { KafkaDriver, OffsetCommits, TopicPartition } from '../../topology/ports/kafka-driver.ts';
import type { From } from './beginning.ts';
import type { Sink } from './sink.ts';

export interface SinkLimits {
  /** Records that may be under way: while more wait, nothing is polled. */
  readonly pending: number;
  /** A member that is not heard of for so long is taken for dead. */
  readonly session: Duration;
  readonly rebalance: Duration;
  readonly transaction: Duration;
  /** How long what is under way may take to end when its partition is given up. */
  readonly handOver: Duration;
}

export interface SinkWorkerSettings<V> {
  readonly driver: KafkaDriver;
  readonly clock: Clock;
  readonly sink: Sink<V>;
  readonly topic: Topic<V>;
  /** Consumer group; also the first part of the transactional id. */
  readonly application: string;
  /** One live worker per slot. */
  readonly slot: string;
  readonly deadLetters: string;
  /** What `reading` gives, the committed offsets of these partitions; what a dead member left open in front of them is ended. */
  readonly freed?: (
    reading: Promise<OffsetCommits>,
    partitions: readonly TopicPartition[],
  ) => Promise<OffsetCommits>;
  /** Where each partition is begun the first time that this worker owns it, when it is not where the group stands. */
  readonly from?: From;
  /** Something outside failed and is tried again; a code of the table of errors. */
  readonly retrying?: (code: string) => void;
  /** A record became a dead letter, for this reason. */
  readonly deadLettered?: (reason: string) => void;
  /** In [0, 1): spreads what is tried again. */
  readonly chance: () => number;
  readonly limits?: Partial<SinkLimits>;
}

/**
 * Session as the engine's; a transaction ends before the session that it is fenced by, a hand-over well before its rebalance. No rebalance
 * is shorter than a session: at its end a member that died is given a new one, and whoever takes over would wait for both.
 */
const LIMITS: SinkLimits = {
  pending: 10_000,
  session: seconds(10),
  rebalance: seconds(10),
  transaction: seconds(8),
  handOver: seconds(4),
};

/** A sink that was told to stop does so at once; one that does not is not waited for any longer. */
export const TO_STOP: Duration = seconds(1);

export const limitsOf = ({ limits }: Pick<SinkWorkerSettings<unknown>, 'limits'>): SinkLimits => ({
  ...LIMITS,
  ...limits,
});
