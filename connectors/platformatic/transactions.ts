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
import { type Send, sendFits } from '../kafka-client/producing.ts';
import { endTxnV5, txnOffsetCommitV5 } from './apis.ts';
import type { Cluster } from './cluster.ts';
import { offsetTopics } from './committed-offsets.ts';
import type { Compression } from './encode-batch.ts';
import {
  addOffsetsToTxnV4,
  addPartitionsToTxnV3,
  endTxnV4,
  initProducerIdV5,
  txnOffsetCommitV4,
} from './library.ts';
import { Producing } from './producing.ts';
import type { Wire } from './wire.ts';

/**
 * A transactional producer, one request at a time; sends that wait for their turn go together. Under version 2 of the protocol (KIP-890)
 * the broker adds partitions and groups to the transaction by itself, and every end gives the next transaction an epoch of its own.
 */
export class KafkaTransactions implements TransactionPort {
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #options: TransactionOptions;
  readonly #producing: Producing;
  #version: 1 | 2 = 1;
  #producerId = -1n;
  #epoch = -1;
  readonly #added = new AddedPartitions();
  #offsetsAdded = false;
  /** Something was sent, or may have been: there is something to end. */
  #open = false;
  readonly #calls = new InOneGo((sends: readonly Send[]) => this.#send(sends), sendFits);

  constructor(cluster: Cluster, clock: Clock, options: TransactionOptions, compression: Compression) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#options = options;
    this.#producing = new Producing(cluster, clock, compression, options.transactionalId);
  }

  init(): Promise<void> {
    return this.#calls.do(async () => {
      const { transactionalId, timeout } = this.#options;
      this.#version = await this.#cluster.transactionVersion();
      // Never its own old identity: -1 asks for the next epoch of the id, which fences whoever had it before.
      const identity = await this.#coordinated('Beginning', (wire, what) =>
        wire.call(initProducerIdV5.api, what, transactionalId, timeout, -1n, -1),
      );
      this.#identify(identity);
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
    if (this.#version === 1 && missing.length > 0) {
      const { transactionalId } = this.#options;
      const transaction = {
        transactionalId,
        producerId: this.#producerId,
        producerEpoch: this.#epoch,
        verifyOnly: false,
        topics: missing.map(({ topic, partitions }) => ({ name: topic, partitions: [...partitions] })),
      };
      await this.#coordinated('Adding partitions to', (wire, what) =>
        // Version 3: later ones are for brokers, and need a right on the cluster.
        wire.call(addPartitionsToTxnV3.api, what, [transaction]),
      );
    }
    this.#added.add(missing);
    return this.#producing.send(batches, this.#version === 2 ? 12 : 11);
  }

  sendOffsets(offsets: OffsetCommits, generation: GroupGeneration): Promise<void> {
    return this.#calls.do(async () => {
      const { transactionalId } = this.#options;
      const { groupId, memberId, instanceId } = generation;
      this.#open = true;
      if (this.#version === 1 && !this.#offsetsAdded) {
        await this.#coordinated('Adding offsets to', (wire, what) =>
          wire.call(addOffsetsToTxnV4.api, what, transactionalId, this.#producerId, this.#epoch, groupId),
        );
        this.#offsetsAdded = true;
      }
      const api = this.#version === 2 ? txnOffsetCommitV5 : txnOffsetCommitV4.api;
      await again(this.#clock, PASSING, () =>
        this.#cluster.told(async () => {
          const wire = await this.#cluster.coordinator('group', groupId);
          await wire.call(
            api,
            `Committing offsets of group ${groupId} in ${transactionalId}`,
            transactionalId,
            groupId,
            this.#producerId,
            this.#epoch,
            generation.generation,
            memberId,
            instanceId ?? null,
            offsetTopics(offsets),
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
    const { transactionalId } = this.#options;
    const what = commit ? 'Committing' : 'Aborting';
    if (this.#version === 2) {
      const next = await this.#coordinated(what, (wire, said) =>
        wire.call(endTxnV5, said, transactionalId, this.#producerId, this.#epoch, commit),
      );
      this.#identify(next);
    } else {
      await this.#coordinated(what, (wire, said) =>
        wire.call(endTxnV4.api, said, transactionalId, this.#producerId, this.#epoch, commit),
      );
    }
    this.begin();
  }

  #identify({
    producerId,
    producerEpoch,
  }: {
    readonly producerId: bigint;
    readonly producerEpoch: number;
  }): void {
    this.#producerId = producerId;
    this.#epoch = producerEpoch;
    this.#producing.identify(producerId, producerEpoch);
  }

  #coordinated<R>(doing: string, ask: (wire: Wire, what: string) => Promise<R>): Promise<R> {
    const { transactionalId } = this.#options;
    return again(this.#clock, PASSING, () =>
      this.#cluster.told(async () =>
        ask(
          await this.#cluster.coordinator('transaction', transactionalId),
          `${doing} transaction ${transactionalId}`,
        ),
      ),
    );
  }
}
