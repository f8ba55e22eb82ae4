import type { OutgoingRecord } from '../../topology/model/record.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import { type Appended, partitionKey } from '../../topology/ports/kafka-driver.ts';
import {
  type Partitioned,
  Producing as ProducingBy,
  producingTo,
  type WriteTo,
  written,
} from '../kafka-client/producing.ts';
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

  byPartition(records: ReadonlyMap<string, readonly OutgoingRecord[]>): Promise<Partitioned> {
    return this.#by.byPartition(records);
  }

  send(records: Partitioned, version: 11 | 12): Promise<ReadonlyMap<string, readonly Appended[]>> {
    return this.#by.send(records, this.#write(version));
  }

  #write(version: 11 | 12): WriteTo {
    return async (node, batches, { producerId, epoch }) => {
      const wire = await this.#cluster.node(node, 'produce');
      const transactional = this.#transactionalId !== null;
      const topics = new Map<string, { partition: number; batch: Buffer }[]>();
      for (const { topic, partition, records, sequence } of batches) {
        const of = topics.get(topic) ?? [];
        topics.set(topic, of);
        const producer = { producerId, epoch, sequence, transactional };
        of.push({ partition, batch: encodeBatch(records, producer, this.#compression) });
      }
      const answer = await wire.call(
        produce[version],
        producingTo(batches),
        this.#transactionalId,
        TIMEOUT,
        [...topics].map(([name, partitions]) => ({ name, partitions })),
      );
      return new Map(
        answer.responses.flatMap(({ name, partitionResponses }) =>
          partitionResponses.map(
            ({ index, baseOffset, logAppendTimeMs }) =>
              [
                partitionKey({ topic: name, partition: index }),
                written(baseOffset, logAppendTimeMs),
              ] as const,
          ),
        ),
      );
    };
  }
}
