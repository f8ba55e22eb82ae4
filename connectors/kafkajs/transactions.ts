import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import type { OutgoingRecord } from '../../topology/model/record.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type {
  Appended,
  GroupGeneration,
  OffsetCommits,
  TransactionOptions,
  TransactionPort,
} from '../../topology/ports/kafka-driver.ts';
import { AddedPartitions } from '../kafka-client/added-partitions.ts';
import { again, PASSING } from '../kafka-client/again.ts';
import { InOneGo } from '../kafka-client/in-one-go.ts';
import { Producing, type Send, sendFits } from '../kafka-client/producing.ts';
import {
  addOffsetsToTxn,
  addPartitionsToTxn,
  endTxn,
  initProducerId,
  type Speaker,
  txnOffsetCommit,
} from './apis.ts';
import type { Cluster } from './cluster.ts';
import { offsetTopics } from './committed-offsets.ts';
import type { Exchange } from './library.ts';
import { writeTo } from './producing.ts';
import { assertAllDone } from './protocol-error.ts';

/**
 * A transactional producer, one request at a time, under version 1 of the protocol; sends that wait for their turn go together. Offsets
 * bear no generation, so the group does not keep a member that it has given up from committing them: nothing does but a newer producer
 * of the same id.
 */
export class KafkaJsTransactions implements TransactionPort {
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #options: TransactionOptions;
  readonly #producing: Producing;
  #speaker: Speaker;
  readonly #added = new AddedPartitions();
  #offsetsAdded = false;
  /** Something was sent, or may have been: there is something to end. */
  #open = false;
  readonly #calls = new InOneGo((sends: readonly Send[]) => this.#send(sends), sendFits);

  constructor(cluster: Cluster, clock: Clock, options: TransactionOptions) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#options = options;
    this.#producing = new Producing(cluster, clock, true);
    this.#speaker = { transactionalId: options.transactionalId, producerId: -1n, producerEpoch: -1 };
  }

  init(): Promise<void> {
    return this.#calls.do(async () => {
      const { transactionalId, timeout } = this.#options;
      const begun = await this.#coordinated('Beginning', initProducerId(transactionalId, timeout));
      const { producerEpoch } = begun;
      this.#speaker = { transactionalId, producerId: BigInt(begun.producerId), producerEpoch };
      this.#producing.identify(this.#speaker.producerId, producerEpoch);
      this.begin();
    });
  }

  begin(): void {
    this.#added.clear();
    this.#offsetsAdded = false;
    this.#open = false;
  }

  async send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly Appended[]> {
    return (await this.#calls.add([topic, records])).get(topic) ?? [];
  }

  async #send(sends: readonly Send[]): Promise<ReadonlyMap<string, readonly Appended[]>> {
    const batches = await this.#producing.byPartition(new Map(sends));
    const missing = this.#added.missing(batches);
    this.#open = true;
    if (missing.length > 0)
      await this.#coordinated(
        'Adding partitions to',
        addPartitionsToTxn(this.#speaker, missing),
        ({ errors }) => errors.flatMap(({ partitionErrors }) => partitionErrors),
      );
    this.#added.add(missing);
    return this.#producing.send(batches, writeTo(this.#cluster, this.#options.transactionalId));
  }

  sendOffsets(offsets: OffsetCommits, { groupId }: GroupGeneration): Promise<void> {
    return this.#calls.do(async () => {
      this.#open = true;
      if (!this.#offsetsAdded) {
        await this.#coordinated('Adding offsets to', addOffsetsToTxn(this.#speaker, groupId));
        this.#offsetsAdded = true;
      }
      const what = `Committing offsets of group ${groupId} in ${this.#options.transactionalId}`;
      const exchange = txnOffsetCommit(this.#speaker, groupId, offsetTopics(offsets));
      await again(this.#clock, PASSING, () =>
        this.#cluster.told(async () => {
          const wire = await this.#cluster.coordinator('group', groupId);
          const { topics } = await wire.call(exchange, what);
          assertAllDone(
            topics.flatMap(({ partitions }) => partitions),
            what,
          );
        }),
      );
    });
  }

  async commit(): Promise<void> {
    try {
      await this.#calls.do(() => this.#end(true));
    } catch (error) {
      if (!isStreamsError(error) || error.code !== 'request-timed-out') throw error;
      throw new StreamsError('commit-unknown', 'The answer to the commit was lost.', error);
    }
  }

  abort(): Promise<void> {
    return this.#calls.do(() => this.#end(false));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Where nothing was sent there is nothing to end: an end would be taken for a repetition of the last one. */
  async #end(commit: boolean): Promise<void> {
    if (!this.#open) return;
    await this.#coordinated(commit ? 'Committing' : 'Aborting', endTxn(this.#speaker, commit));
    this.begin();
  }

  /** Asks whoever coordinates the id. `codesIn`: where the answer has errors of parts, which are all or none. */
  #coordinated<A extends { readonly errorCode: number }>(doing: string, exchange: Exchange<A>): Promise<A>;
  #coordinated<A>(
    doing: string,
    exchange: Exchange<A>,
    codesIn: (answer: A) => readonly { readonly errorCode: number }[],
  ): Promise<A>;
  #coordinated<A extends { readonly errorCode: number }>(
    doing: string,
    exchange: Exchange<A>,
    codesIn: (answer: A) => readonly { readonly errorCode: number }[] = (answer) => [answer],
  ): Promise<A> {
    const { transactionalId } = this.#options;
    const what = `${doing} transaction ${transactionalId}`;
    return again(this.#clock, PASSING, () =>
      this.#cluster.told(async () => {
        const wire = await this.#cluster.coordinator('transaction', transactionalId);
        const answer = await wire.call(exchange, what);
        assertAllDone(codesIn(answer), what);
        return answer;
      }),
    );
  }
}
