/** Where a record stands in the log: the identity of a delivery, never of its content. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Header names to values as bytes. Kafka allows repeated names; the last one is kept. */
export type Headers = Readonly<Record<string, Uint8Array>>;

/** A record as a Kafka log holds it. A null value is a tombstone, a null key means "no key". */
export interface KafkaRecord {
  readonly offset: number;
  /** Broker or producer timestamp, epoch milliseconds. Never the event time of a clinical fact. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: Headers;
}

/** A record on its way to a topic; the driver chooses the partition from the key unless one is given. */
export interface OutgoingRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly timestamp: number;
  readonly headers?: Headers;
  readonly partition?: number;
}

/** What a source hands to the first stage: the value as the topic's codec read it, null for a tombstone, with where it came from. */
export interface SourceRecord<V> extends Position {
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: V | null;
  readonly headers?: Headers;
}

/** What a fold step receives: one keyed value, with its place in the partition's order. */
export interface FoldRecord<V> {
  readonly key: string;
  readonly value: V;
  readonly position: Position;
  /** When the engine wrote the record to its repartition topic, epoch milliseconds. */
  readonly timestamp: number;
}

const utf8 = new TextDecoder();

/** The text of a header, or undefined when it is absent. Bytes that are not UTF-8 become U+FFFD. */
export function headerText(headers: Headers | undefined, name: string): string | undefined {
  const bytes = headers?.[name];
  return bytes === undefined ? undefined : utf8.decode(bytes);
}
