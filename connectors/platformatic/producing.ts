import type { OutgoingRecord } from '../../topology/model/record.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { Appended } from '../../topology/ports/kafka-driver.ts';
import { Producing as ProducingBy, type WriteTo } from '../kafka-client/producing.ts';
import { produce } from './apis.ts';
import type { Cluster } from './cluster.ts';
import { type Compression, encodeBatch } from './encode-batch.ts';

const TIMEOUT = 10_000;

/** Sends batches over connections of @platformatic/kafka. */
export class Producing {
  readonly #cluster: Cluster;
  readonly #compression: Compression;
  readonly #transactionalId: string | null;
  readonly #by: ProducingBy;

  constructor(cluster: Cluster, clock: Clock, compression: Compression, transactionalId: string | null) {
    this.#cluster = cluster;
    this.#compression = compression;
    this.#transactionalId = transactionalId;
    this.#by = new ProducingBy(cluster, clock, transactionalId !== null);
  }

  identify(producerId: bigint, epoch: number): void {
    this.#by.identify(producerId, epoch);
  }

  byPartition(
    topic: string,
    records: readonly OutgoingRecord[],
  ): Promise<ReadonlyMap<number, readonly OutgoingRecord[]>> {
    return this.#by.byPartition(topic, records);
  }

  send(
    topic: string,
    records: ReadonlyMap<number, readonly OutgoingRecord[]>,
    version: 11 | 12,
  ): Promise<readonly Appended[]> {
    return this.#by.send(topic, records, this.#write(version));
  }

  #write(version: 11 | 12): WriteTo {
    return async (node, topic, batches, { producerId, epoch }) => {
      const wire = await this.#cluster.node(node, 'produce');
      const transactional = this.#transactionalId !== null;
      const partitions = batches.map(({ partition, records, sequence }) => ({
        partition,
        batch: encodeBatch(records, { producerId, epoch, sequence, transactional }, this.#compression),
      }));
      const topics = [{ name: topic, partitions }];
      const what = `Producing to ${topic}`;
      const answer = await wire.call(produce[version], what, this.#transactionalId, TIMEOUT, topics);
      return new Map(
        answer.responses.flatMap(({ partitionResponses }) =>
          partitionResponses.map(({ index, baseOffset }) => [index, Number(baseOffset)] as const),
        ),
      );
    };
  }
}
