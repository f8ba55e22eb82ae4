import type { OutgoingRecord } from '../../topology/model/record.ts';
import { checksum } from './checksum.ts';
import { compressionsAlgorithms } from './library.ts';
import { putVarint, putVarlong, varintLength, varlongLength } from './varint.ts';

/** Bytes before the records of a batch (magic 2). */
export const BATCH_HEAD = 61;
const TRANSACTIONAL = 0x10;

export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** Who writes the batch; for a plain producer without an identity all are -1. */
export interface BatchProducer {
  readonly producerId: bigint;
  readonly epoch: number;
  readonly sequence: number;
  readonly transactional: boolean;
}

/** One record batch of one partition, at offset 0: the broker puts the real one in. */
export function encodeBatch(
  records: readonly OutgoingRecord[],
  producer: BatchProducer,
  compression: Compression,
): Buffer {
  const first = records[0]?.timestamp ?? 0;
  let last = first;
  const heads = records.map((record) => headersOf(record));
  const lengths = new Int32Array(records.length);
  let size = BATCH_HEAD;
  // By index: each record passes here.
  for (let i = 0; i < records.length; i++) {
    const record = records[i] as OutgoingRecord;
    const length = recordLength(record, i, first, heads[i] as EncodedHeaders);
    lengths[i] = length;
    size += length + varintLength(length);
    if (record.timestamp > last) last = record.timestamp;
  }
  const bytes = Buffer.allocUnsafe(size);
  let at = BATCH_HEAD;
  for (let i = 0; i < records.length; i++) {
    at = putVarint(bytes, at, lengths[i] as number);
    at = putRecord(bytes, at, records[i] as OutgoingRecord, i, first, heads[i] as EncodedHeaders);
  }
  const { bitmask, compressSync } = compressionsAlgorithms[compression];
  const batch =
    bitmask === 0
      ? bytes
      : Buffer.concat([bytes.subarray(0, BATCH_HEAD), compressSync(bytes.subarray(BATCH_HEAD))]);
  batch.writeBigInt64BE(0n, 0);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt32BE(-1, 12);
  batch[16] = 2;
  batch.writeInt16BE(bitmask | (producer.transactional ? TRANSACTIONAL : 0), 21);
  batch.writeInt32BE(records.length - 1, 23);
  batch.writeBigInt64BE(BigInt(first), 27);
  batch.writeBigInt64BE(BigInt(last), 35);
  batch.writeBigInt64BE(producer.producerId, 43);
  batch.writeInt16BE(producer.epoch, 51);
  batch.writeInt32BE(producer.sequence, 53);
  batch.writeInt32BE(records.length, 57);
  batch.writeUInt32BE(checksum(batch.subarray(21)), 17);
  return batch;
}

interface EncodedHeaders {
  readonly names: readonly Buffer[];
  readonly values: readonly Uint8Array[];
  readonly length: number;
}

const NO_HEADERS: EncodedHeaders = { names: [], values: [], length: 1 };

function headersOf({ headers }: OutgoingRecord): EncodedHeaders {
  if (headers === undefined) return NO_HEADERS;
  const names = Object.keys(headers).map((name) => Buffer.from(name));
  const values = Object.values(headers);
  let length = varintLength(names.length);
  names.forEach((name, i) => {
    const value = values[i] as Uint8Array;
    length += varintLength(name.length) + name.length + varintLength(value.length) + value.length;
  });
  return { names, values, length };
}

function recordLength(
  { key, value, timestamp }: OutgoingRecord,
  index: number,
  first: number,
  headers: EncodedHeaders,
): number {
  return (
    1 +
    varlongLength(timestamp - first) +
    varintLength(index) +
    (key === null ? 1 : varintLength(key.length) + key.length) +
    (value === null ? 1 : varintLength(value.length) + value.length) +
    headers.length
  );
}

function putRecord(
  bytes: Buffer,
  from: number,
  record: OutgoingRecord,
  index: number,
  first: number,
  headers: EncodedHeaders,
): number {
  bytes[from] = 0;
  let at = putVarlong(bytes, from + 1, record.timestamp - first);
  at = putVarint(bytes, at, index);
  at = putBytes(bytes, at, record.key);
  at = putBytes(bytes, at, record.value);
  at = putVarint(bytes, at, headers.names.length);
  for (let i = 0; i < headers.names.length; i++) {
    at = putBytes(bytes, at, headers.names[i] as Buffer);
    at = putBytes(bytes, at, headers.values[i] as Uint8Array);
  }
  return at;
}

function putBytes(bytes: Buffer, at: number, value: Uint8Array | null): number {
  if (value === null) return putVarint(bytes, at, -1);
  const from = putVarint(bytes, at, value.length);
  bytes.set(value, from);
  return from + value.length;
}
