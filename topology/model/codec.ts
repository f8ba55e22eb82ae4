/**
 * Reads and writes one type as bytes. Synchronous: whatever needs the network (a schema id, say)
 * is fetched before the first record is read, or by `learn` between two batches.
 */
export interface Codec<T> {
  /** The name shown by `describe()`, for instance `avro ClinicalEvent` or `bytes`. */
  readonly name: string;
  /** @throws StreamsError `value-does-not-fit`, naming the field. */
  encode(value: T): Uint8Array;
  /** @throws StreamsError `avro-unreadable` or `unknown-schema` and the like; the record becomes a dead letter. */
  decode(bytes: Uint8Array): T;
  /**
   * Fetches what `decode` needs for these bytes and refused them for with `schema-not-read`: afterwards it reads them, or
   * refuses them for good. Rejects, and may be tried again, while there is nobody to ask.
   */
  readonly learn?: (bytes: Uint8Array) => Promise<void>;
}

/** The bytes as they stand. */
export const bytes: Codec<Uint8Array> = {
  name: 'bytes',
  encode: (value) => value,
  decode: (value) => value,
};

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** UTF-8 text. */
export const text: Codec<string> = {
  name: 'utf8',
  encode: (value) => encoder.encode(value),
  decode: (value) => decoder.decode(value),
};
