import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import type { OutgoingRecord } from '../../topology/model/record.ts';
import type {
  Appended,
  GroupGeneration,
  OffsetCommits,
  TopicPartition,
  TransactionOptions,
  TransactionPort,
} from '../../topology/ports/kafka-driver.ts';
import { again } from '../kafka-client/again.ts';
import { InTurn } from '../kafka-client/in-turn.ts';
import { byPartition, Partitioner } from '../kafka-client/partitioner.ts';
import type { MemoryBroker } from './broker.ts';
import type { Client } from './client.ts';
import type { BrokerState } from './cluster/broker.ts';
import type { ProducerIdentity } from './cluster/transaction-coordinator.ts';

/** A transactional producer: the requests that Kafka's own client makes, in its order, one at a time. */
export class MemoryTransactions implements TransactionPort {
  readonly #broker: MemoryBroker;
  readonly #client: Client;
  readonly #options: TransactionOptions;
  readonly #partitioner: Partitioner;
  #producer: ProducerIdentity;
  /** Next sequence by partition, of this epoch. */
  readonly #sequences = new Map<string, number>();
  readonly #added = new Set<string>();
  #offsetsAdded = false;
  readonly #calls = new InTurn();

  constructor(broker: MemoryBroker, client: Client, options: TransactionOptions) {
    this.#broker = broker;
    this.#client = client;
    this.#options = options;
    this.#partitioner = new Partitioner((topic) => broker.partitions(topic));
    this.#producer = { transactionalId: options.transactionalId, producerId: -1, epoch: -1 };
  }

  init(): Promise<void> {
    return this.#calls.do(() => this.#init());
  }

  async #init(): Promise<void> {
    const { transactionalId, timeout } = this.#options;
    const identity = await this.#again('init-producer-id', ({ transactions }) =>
      transactions.initProducerId(transactionalId, timeout),
    );
    this.#producer = { transactionalId, ...identity };
    this.#sequences.clear();
    this.begin();
  }

  begin(): void {
    this.#added.clear();
    this.#offsetsAdded = false;
  }

  send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly Appended[]> {
    return this.#calls.do(() => this.#send(topic, records));
  }

  async #send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly Appended[]> {
    const batches = [...byPartition(topic, records, this.#partitioner)];
    const fresh = batches
      .map(([partition]): TopicPartition => ({ topic, partition }))
      .filter(({ partition }) => !this.#added.has(`${topic}/${partition}`));
    if (fresh.length > 0) {
      await this.#again('add-partitions', ({ transactions }, now) =>
        transactions.addPartitions(this.#producer, fresh, now),
      );
      for (const { partition } of fresh) this.#added.add(`${topic}/${partition}`);
    }
    const { producerId, epoch } = this.#producer;
    const appended = await this.#client.link.call('produce', () =>
      this.#broker.apply((state) =>
        batches.map(([partition, batch]) => {
          const sequence = this.#sequences.get(`${topic}/${partition}`) ?? 0;
          const stamp = { producerId, epoch, sequence, transactional: true };
          return { partition, offset: state.produce({ topic, partition }, batch, stamp), records: batch };
        }),
      ),
    );
    for (const [partition, { length }] of batches) {
      const at = `${topic}/${partition}`;
      this.#sequences.set(at, (this.#sequences.get(at) ?? 0) + length);
    }
    return appended;
  }

  sendOffsets(offsets: OffsetCommits, generation: GroupGeneration): Promise<void> {
    return this.#calls.do(() => this.#sendOffsets(offsets, generation));
  }

  async #sendOffsets(offsets: OffsetCommits, generation: GroupGeneration): Promise<void> {
    const { groupId } = generation;
    if (!this.#offsetsAdded) {
      await this.#again('add-offsets', ({ transactions }, now) =>
        transactions.addOffsets(this.#producer, groupId, now),
      );
      this.#offsetsAdded = true;
    }
    await this.#again('txn-offset-commit', (state) =>
      state.txnOffsetCommit(groupId, this.#producer, generation, offsets),
    );
  }

  async commit(): Promise<void> {
    try {
      await this.#calls.do(() => this.#end(true));
    } catch (error) {
      if (!isStreamsError(error) || error.code !== 'request-timed-out') throw error;
      throw new StreamsError('commit-unknown', 'The answer to the commit was lost.', error);
    }
  }

  async abort(): Promise<void> {
    await this.#calls.do(() => this.#end(false));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** What the broker does when the process is gone. */
  abandon(): void {
    if (this.#added.size === 0 && !this.#offsetsAdded) return;
    try {
      this.#broker.apply(({ transactions }) => transactions.end(this.#producer, false));
    } catch {
      // It is decided already, or another took the id over.
    }
  }

  /** Where nothing was sent there is nothing to end: an end would be taken for a repetition of the last one. */
  async #end(commit: boolean): Promise<void> {
    if (this.#added.size === 0 && !this.#offsetsAdded) return;
    await this.#client.link.call('end-txn', () =>
      this.#broker.apply(({ transactions }) => transactions.end(this.#producer, commit)),
    );
    this.begin();
  }

  /** Two sends at once would bear the same sequence, and the second would pass for a repetition of the first. */

  #again<R>(
    request: 'init-producer-id' | 'add-partitions' | 'add-offsets' | 'txn-offset-commit',
    work: (state: BrokerState, now: number) => R,
  ): Promise<R> {
    return again(this.#client.clock, ['concurrent-transactions'], () =>
      this.#client.link.call(request, () => this.#broker.apply(work)),
    );
  }
}
