import { type ErrorCode, isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import type { OutgoingRecord } from '../../topology/model/record.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { Appended } from '../../topology/ports/kafka-driver.ts';
import { again, PASSING } from '../kafka-client/again.ts';
import { byPartition, Partitioner } from '../kafka-client/partitioner.ts';
import { type ProducedTopic, produce } from './apis.ts';
import type { Cluster } from './cluster.ts';
import { type Compression, encodeBatch } from './encode-batch.ts';

const TIMEOUT = 10_000;
/** Sequences are numbers of 31 bits and begin anew behind the last. */
const SEQUENCES = 0x7fffffff;
/** Below the broker's default of `max.message.bytes`, 1,048,588. */
const BATCH_BYTES = 900_000;
/**
 * Outside a transaction nobody else can tell what became of a batch. Under its number it can be sent again whatever became of it, for as
 * long as a cluster takes to find out that a broker hangs, 9 s by default, and to put another in its place. Milliseconds.
 */
const NUMBERED: readonly ErrorCode[] = [...PASSING, 'request-timed-out'];
const UNTIL_LED = 15_000;
/** The most that stands beside key, value and headers of a record. */
const RECORD_HEAD = 30;

/** Sends batches of one producer identity to the leaders of their partitions, numbered per partition. */
export class Producing {
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #compression: Compression;
  readonly #transactionalId: string | null;
  readonly #counts = new Map<string, number>();
  readonly #partitioner = new Partitioner((topic) => this.#counts.get(topic));
  readonly #sequences = new Map<string, number>();
  #producerId = -1n;
  #epoch = -1;

  constructor(cluster: Cluster, clock: Clock, compression: Compression, transactionalId: string | null) {
    this.#cluster = cluster;
    this.#clock = clock;
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
    this.#counts.set(topic, await this.#cluster.keyedPartitions(topic));
    return byPartition(topic, records, this.#partitioner);
  }

  /**
   * Resolves when all are acknowledged by all replicas, with where they stand. A batch that is refused for a moment is sent again under
   * its number, so what is there already is not doubled. After any other error what was sent last may be there or not.
   */
  async send(
    topic: string,
    records: ReadonlyMap<number, readonly OutgoingRecord[]>,
    version: 11 | 12,
  ): Promise<readonly Appended[]> {
    const appended: Appended[] = [];
    const parts = new Map([...records].map(([partition, of]) => [partition, inParts(of)]));
    const rounds = Math.max(0, ...[...parts.values()].map(({ length }) => length));
    // A request takes one batch of a partition.
    for (let round = 0; round < rounds; round++) {
      const batches = new Map<number, readonly OutgoingRecord[]>();
      for (const [partition, of] of parts) {
        const part = of[round];
        if (part !== undefined) batches.set(partition, part);
      }
      const offsets = new Map<number, number>();
      const write = (): Promise<void> => this.#round(topic, batches, version, offsets);
      await (this.#transactionalId === null
        ? again(this.#clock, NUMBERED, write, UNTIL_LED)
        : again(this.#clock, PASSING, write));
      for (const [partition, of] of batches) {
        const key = `${topic}/${partition}`;
        this.#sequences.set(key, ((this.#sequences.get(key) ?? 0) + of.length) & SEQUENCES);
        appended.push({ partition, offset: offsets.get(partition) as number, records: of });
      }
    }
    return appended;
  }

  /** Sends what has no offset yet, and adds the offset of each batch that is acknowledged, by partition. */
  async #round(
    topic: string,
    batches: ReadonlyMap<number, readonly OutgoingRecord[]>,
    version: 11 | 12,
    offsets: Map<number, number>,
  ): Promise<void> {
    await this.#cluster.told(async () => {
      const { leaders } = await this.#cluster.topic(topic);
      const byLeader = new Map<number, { partition: number; batch: Buffer }[]>();
      for (const [partition, records] of batches) {
        if (offsets.has(partition)) continue;
        const node = leaders[partition] ?? -1;
        const of = byLeader.get(node) ?? [];
        byLeader.set(node, of);
        of.push({ partition, batch: this.#encoded(topic, partition, records) });
      }
      const passing = await Promise.all(
        [...byLeader].map(async ([node, partitions]): Promise<StreamsError | undefined> => {
          try {
            const wire = await this.#cluster.node(node, 'produce');
            const topics: ProducedTopic[] = [{ name: topic, partitions }];
            const what = `Producing to ${topic}`;
            const answer = await wire.call(produce[version], what, this.#transactionalId, TIMEOUT, topics);
            for (const { partitionResponses } of answer.responses)
              for (const { index, baseOffset } of partitionResponses) offsets.set(index, Number(baseOffset));
            return undefined;
          } catch (error) {
            // It is sent again when the other leaders have answered: they must not get theirs twice while they are slow.
            if (isStreamsError(error) && PASSING.includes(error.code)) return error;
            throw error;
          }
        }),
      );
      const error = passing.find((one) => one !== undefined);
      if (error !== undefined) throw error;
    });
    if (offsets.size < batches.size)
      throw new StreamsError('broker-refused', `Producing to ${topic}: the answer leaves partitions out.`);
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

/** The records in parts that make batches of no more than a broker takes, however poorly they compress; a single one may be more. */
function inParts(records: readonly OutgoingRecord[]): OutgoingRecord[][] {
  const parts: OutgoingRecord[][] = [];
  let part: OutgoingRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = RECORD_HEAD + sizeOf(record);
    if (part.length > 0 && bytes + size > BATCH_BYTES) {
      parts.push(part);
      part = [];
      bytes = 0;
    }
    part.push(record);
    bytes += size;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

function sizeOf({ key, value, headers }: OutgoingRecord): number {
  let size = (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, bytes] of Object.entries(headers ?? {})) size += 3 * name.length + bytes.length + 8;
  return size;
}
