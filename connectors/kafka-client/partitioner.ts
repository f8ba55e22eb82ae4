import { StreamsError } from '../../topology/model/errors.ts';
import type { OutgoingRecord } from '../../topology/model/record.ts';
import { partitionOf } from './murmur2.ts';

/** A client's choice of partitions: the one named, else by the key as Java's client does it, else in turn. */
export class Partitioner {
  readonly #partitions: (topic: string) => number | undefined;
  #turn = 0;

  constructor(partitions: (topic: string) => number | undefined) {
    this.#partitions = partitions;
  }

  /** @throws StreamsError `configuration` when the topic or the partition is not there. */
  of(topic: string, { partition, key }: OutgoingRecord): number {
    const count = this.#partitions(topic) ?? 0;
    if (count === 0) throw new StreamsError('configuration', `There is no topic ${topic}.`);
    if (partition === undefined) return key === null ? this.#turn++ % count : partitionOf(key, count);
    if (partition < 0 || partition >= count)
      throw new StreamsError('configuration', `There is no partition ${topic}/${partition}.`);
    return partition;
  }
}

/** Records by the partition they go to, in their order. */
export function byPartition(
  topic: string,
  records: readonly OutgoingRecord[],
  partitioner: Partitioner,
): ReadonlyMap<number, OutgoingRecord[]> {
  const batches = new Map<number, OutgoingRecord[]>();
  for (const record of records) {
    const partition = partitioner.of(topic, record);
    const batch = batches.get(partition);
    if (batch === undefined) batches.set(partition, [record]);
    else batch.push(record);
  }
  return batches;
}
