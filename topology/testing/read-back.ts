import type { MemoryBroker } from '../../connectors/memory/broker.ts';
import { type Headers, headerText, type KafkaRecord } from '../model/record.ts';
import { ERROR_HEADERS } from '../runtime/dead-letter-record.ts';

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

/** A record that a step refused, and why. Key, value and headers are the bytes as they were received. */
export interface TestDeadLetter {
  readonly reason: string;
  readonly step: string;
  readonly detail: string;
  /** Where the record stood. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Headers;
}

/** Reads each record of a topic once. */
export class ReadBack {
  readonly #broker: MemoryBroker;
  readonly #next = new Map<string, number>();

  constructor(broker: MemoryBroker) {
    this.#broker = broker;
  }

  /** Committed records that were not read before, by partition and offset. */
  unread(topic: string): readonly (KafkaRecord & { readonly partition: number })[] {
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

const OURS: ReadonlySet<string> = new Set(Object.values(ERROR_HEADERS));

/** Takes a dead letter apart into what was received and what was said about it. */
export function deadLetterOf({ key, value, headers = {} }: KafkaRecord): TestDeadLetter {
  const said = (name: string): string => headerText(headers, name) ?? '';
  return {
    reason: said(ERROR_HEADERS.reason),
    step: said(ERROR_HEADERS.step),
    detail: said(ERROR_HEADERS.message),
    topic: said(ERROR_HEADERS.topic),
    partition: Number(said(ERROR_HEADERS.partition)),
    offset: Number(said(ERROR_HEADERS.offset)),
    key,
    value,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !OURS.has(name))),
  };
}
