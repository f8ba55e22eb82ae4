import { StreamsError } from '../../topology/model/errors.ts';
import type { OutgoingRecord } from '../../topology/model/record.ts';
import { milliseconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { CommittedOffset, NewTopic, TopicPartition } from '../../topology/ports/kafka-driver.ts';
import { byPartition, Partitioner } from '../kafka-client/partitioner.ts';
import { Signal } from '../kafka-client/signal.ts';
import { systemClock } from './clocks.ts';
import { BrokerState } from './cluster/broker.ts';
import type { Partition } from './cluster/partition.ts';
import type { Marker } from './cluster/transaction-coordinator.ts';

/** What a cluster does in its own time. */
export interface ClusterHabits {
  readonly clock: Clock;
  /** Takes the writing of each marker of a decided transaction, to be done when it likes. At once when not given. */
  readonly markers?: (write: () => void) => void;
}

/** Kafka in this process: the state of a cluster, its time, and a bell for those who wait for something to happen. */
export class MemoryBroker {
  readonly state: BrokerState = new BrokerState();
  readonly #habits: ClusterHabits;
  readonly #bell = new Signal();
  #changes = 0;
  readonly #partitioner = new Partitioner((topic) => this.state.partitions(topic));
  readonly #announced = new WeakSet<Marker>();

  constructor(habits: ClusterHabits = { clock: systemClock }) {
    this.#habits = habits;
  }

  /** Grows with everything that happens. */
  get changes(): number {
    return this.#changes;
  }

  get now(): number {
    return this.#habits.clock.now();
  }

  createTopics(topics: readonly NewTopic[]): void {
    this.state.createTopics(topics);
  }

  partitions(topic: string): number | undefined {
    return this.state.partitions(topic);
  }

  log(at: TopicPartition): Partition['log'] {
    return this.state.partition(at).log;
  }

  /** Appends as a plain producer beside the cluster: the records are visible at once, or, on an error, none is there. */
  append(topic: string, records: readonly OutgoingRecord[]): void {
    if (this.state.partitions(topic) === undefined)
      throw new StreamsError('configuration', `There is no topic ${topic}.`);
    const batches = byPartition(topic, records, this.#partitioner);
    for (const [partition] of batches) this.state.partition({ topic, partition });
    for (const [partition, batch] of batches) this.state.produce({ topic, partition }, batch);
    this.#ring();
  }

  /** Committed offsets of a group as they are, whatever transaction is still undecided. */
  committedOf(groupId: string, at: readonly TopicPartition[]): ReadonlyMap<string, CommittedOffset> {
    return this.state.offsets(groupId).read(at, false);
  }

  /** Does something to the state on behalf of a client, and tells those who wait. */
  apply<R>(work: (state: BrokerState, now: number) => R): R {
    try {
      return work(this.state, this.now);
    } finally {
      this.#announceMarkers();
      this.#ring();
    }
  }

  /** Lets time do its part: sessions and rebalances that are over. */
  tick(): void {
    this.state.tick(this.now);
  }

  /** Ends transactions that were open for too long; a real broker looks every 10 s (kafka-clients §2 H). */
  expireTransactions(): void {
    this.state.transactions.expire(this.now);
    this.#announceMarkers();
  }

  /** Resolves when something happened, or after `waitMs`. */
  changed(waitMs: number): Promise<void> {
    return this.#bell.wait(milliseconds(waitMs), this.#habits.clock);
  }

  #ring(): void {
    this.#changes++;
    this.#bell.give();
  }

  #announceMarkers(): void {
    const { transactions } = this.state;
    for (const marker of transactions.pendingMarkers()) {
      if (this.#announced.has(marker)) continue;
      this.#announced.add(marker);
      const write = (): void => {
        transactions.writeMarker(marker);
        this.#ring();
      };
      if (this.#habits.markers === undefined) write();
      else this.#habits.markers(write);
    }
  }
}
