import type { OutgoingRecord } from '../../topology/model/record.ts';
import { byPartition, Partitioner } from '../kafka-client/partitioner.ts';
import { type ProducedTopic, produce } from './apis.ts';
import type { Cluster } from './cluster.ts';
import { type Compression, encodeBatch } from './encode-batch.ts';

const TIMEOUT = 10_000;
/** Sequences are numbers of 31 bits and begin anew behind the last. */
const SEQUENCES = 0x7fffffff;

/** Sends batches of one producer identity to the leaders of their partitions, numbered per partition. */
export class Producing {
  readonly #cluster: Cluster;
  readonly #compression: Compression;
  readonly #transactionalId: string | null;
  readonly #counts = new Map<string, number>();
  readonly #partitioner = new Partitioner((topic) => this.#counts.get(topic));
  readonly #sequences = new Map<string, number>();
  #producerId = -1n;
  #epoch = -1;

  constructor(cluster: Cluster, compression: Compression, transactionalId: string | null) {
    this.#cluster = cluster;
    this.#compression = compression;
    this.#transactionalId = transactionalId;
  }

  /** From here on the batches bear this identity, and their numbers begin at zero. */
  identify(producerId: bigint, epoch: number): void {
    if (producerId === this.#producerId && epoch === this.#epoch) return;
    this.#producerId = producerId;
    this.#epoch = epoch;
    this.#sequences.clear();
  }

  async byPartition(
    topic: string,
    records: readonly OutgoingRecord[],
  ): Promise<ReadonlyMap<number, readonly OutgoingRecord[]>> {
    this.#counts.set(topic, (await this.#cluster.topic(topic)).leaders.length);
    return byPartition(topic, records, this.#partitioner);
  }

  /** Resolves when all are acknowledged by all replicas. Sent again after an error, what is there already is not doubled. */
  async send(
    topic: string,
    batches: ReadonlyMap<number, readonly OutgoingRecord[]>,
    version: 11 | 12,
  ): Promise<void> {
    const { leaders } = await this.#cluster.topic(topic);
    const byLeader = new Map<number, { partition: number; batch: Buffer }[]>();
    for (const [partition, records] of batches) {
      const node = leaders[partition] ?? -1;
      const of = byLeader.get(node) ?? [];
      byLeader.set(node, of);
      of.push({ partition, batch: this.#encoded(topic, partition, records) });
    }
    await this.#cluster.told(() =>
      Promise.all(
        [...byLeader].map(async ([node, partitions]) => {
          const wire = await this.#cluster.node(node, 'produce');
          const topics: ProducedTopic[] = [{ name: topic, partitions }];
          await wire.call(produce[version], `Producing to ${topic}`, this.#transactionalId, TIMEOUT, topics);
        }),
      ),
    );
    for (const [partition, { length }] of batches) {
      const key = `${topic}/${partition}`;
      this.#sequences.set(key, ((this.#sequences.get(key) ?? 0) + length) & SEQUENCES);
    }
  }

  #encoded(topic: string, partition: number, records: readonly OutgoingRecord[]): Buffer {
    const identified = this.#producerId >= 0n;
    const sequence = identified ? (this.#sequences.get(`${topic}/${partition}`) ?? 0) : -1;
    const transactional = this.#transactionalId !== null;
    return encodeBatch(
      records,
      { producerId: this.#producerId, epoch: this.#epoch, sequence, transactional },
      this.#compression,
    );
  }
}
