import { StreamsError } from '../../topology/model/errors.ts';

/** Confluent wire format: a zero byte, the id of the writer's schema as four bytes big-endian, then the Avro value. */
export const HEADER_LENGTH = 5;

const MAGIC = 0;

/** Writes the five bytes that come before the value. */
export function writeHeader(target: DataView, at: number, id: number): void {
  target.setUint8(at, MAGIC);
  target.setInt32(at + 1, id);
}

/**
 * The id of the schema that a record was written with.
 * @throws StreamsError `avro-unreadable` when the bytes are no wire format.
 */
export function schemaIdOf(bytes: Uint8Array): number {
  if (bytes.length < HEADER_LENGTH) {
    throw new StreamsError('avro-unreadable', `A record of ${bytes.length} bytes has no schema id.`);
  }
  if (bytes[0] !== MAGIC) {
    throw new StreamsError('avro-unreadable', `The record starts with the byte ${bytes[0]}, not with 0.`);
  }
  return ((bytes[1] ?? 0) << 24) | ((bytes[2] ?? 0) << 16) | ((bytes[3] ?? 0) << 8) | (bytes[4] ?? 0);
}
