import type { MemoryBroker } from '../../connectors/memory/broker.ts';
import type { Headers, KafkaRecord } from '../model/record.ts';
import type { Topic } from '../model/topic.ts';

/** A record that the topology wrote, as its topic's codec reads it. */
export interface TestOutput<V> {
  /** UTF-8; null: no key. */
  readonly key: string | null;
  /** Null: a tombstone. */
  readonly value: V | null;
  readonly headers: Headers;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
}

export type ReadRecord = KafkaRecord & { readonly partition: number };

const decoder = new TextDecoder();

/** Reads each record of a topic once. */
export class ReadBack {
  readonly #broker: MemoryBroker;
  readonly #next = new Map<string, number>();

  constructor(broker: MemoryBroker) {
    this.#broker = broker;
  }

  /** Committed records that were not read before, by partition and offset. */
  unread(topic: string): readonly ReadRecord[] {
    const partitions = Array.from(
      { length: this.#broker.partitions(topic) ?? 0 },
      (_, partition) => partition,
    );
    return partitions.flatMap((partition) => {
      const at = `${topic}/${partition}`;
      const log = this.#broker.log({ topic, partition });
      const all = Number.POSITIVE_INFINITY;
      const { records, nextOffset } = log.read(this.#next.get(at) ?? 0, all, all, { committed: true });
      this.#next.set(at, nextOffset);
      return records.map((record) => ({ ...record, partition }));
    });
  }
}

/** A record as a topic's codec reads it. @throws what the codec throws. */
export function outputOf<V>(topic: Topic<V>, record: ReadRecord): TestOutput<V> {
  const { key, value, headers = {}, partition, offset, timestamp } = record;
  return {
    key: key === null ? null : decoder.decode(key),
    value: value === null ? null : topic.value.decode(value),
    headers,
    partition,
    offset,
    timestamp,
  };
}
