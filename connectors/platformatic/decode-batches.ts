import { StreamsError } from '../../topology/model/errors.ts';
import type { Headers, KafkaRecord } from '../../topology/model/record.ts';
import type { RecordRun } from '../kafka-client/reads.ts';
import { checksum } from './checksum.ts';
import { BATCH_HEAD } from './encode-batch.ts';
import { compressionsAlgorithmsByBitmask } from './library.ts';
import { unpackLz4 } from './lz4-frame.ts';
import { varint } from './varint.ts';

const COMPRESSION = 7;
const LZ4 = 3;
const APPEND_TIME = 8;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
const ABORT = 0;

/** A transaction that was aborted: of this producer nothing counts from that offset to its next marker. */
export interface Aborted {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

/** What a fetch gave of one partition. */
export interface Decoded {
  readonly runs: readonly RecordRun[];
  /** Behind the last whole batch, control batches and aborted ones included. */
  readonly nextOffset: number;
  /** Of the leader that wrote the last batch; -1 where there is none. */
  readonly epoch: number;
}

/**
 * Reads whole batches, which are unpacked later; a last one that is cut off is left for the next fetch. `from`: records before it, which come
 * along in the same batch, are left out. With `aborted`, the list of the answer, records of aborted transactions are
 * left out: several producers may be interleaved, and a range may begin before the first batch or end after the last.
 * @throws StreamsError `batch-corrupt`, naming the offset, of the first batch; what stands before another that is damaged is given.
 */
export function decodeBatches(bytes: Buffer, from: number, aborted: readonly Aborted[]): Decoded {
  const begins = aborted.toSorted((a, b) => Number(a.firstOffset - b.firstOffset));
  const open = new Set<bigint>();
  const runs: RecordRun[] = [];
  let nextOffset = from;
  let epoch = -1;
  let begun = 0;
  for (let at = 0; bytes.length - at >= BATCH_HEAD; ) {
    const end = at + 12 + bytes.readInt32BE(at + 8);
    if (end > bytes.length) break;
    const base = Number(bytes.readBigInt64BE(at));
    const last = base + bytes.readInt32BE(at + 23);
    if (bytes[at + 16] !== 2 || checksum(bytes.subarray(at + 21, end)) !== bytes.readUInt32BE(at + 17)) {
      // What stands before it comes first: whoever steps over a damaged batch must not step over that too.
      if (nextOffset > from) break;
      throw new StreamsError(
        'batch-corrupt',
        `The record batch at offset ${base} has another checksum than it says.`,
      );
    }
    const attributes = bytes.readInt16BE(at + 21);
    const producerId = bytes.readBigInt64BE(at + 43);
    for (; begun < begins.length && Number(begins[begun]?.firstOffset) <= last; begun++) {
      open.add((begins[begun] as Aborted).producerId);
    }
    if ((attributes & CONTROL) !== 0) {
      if (markerType(bytes, at + BATCH_HEAD) === ABORT) open.delete(producerId);
    } else if ((attributes & TRANSACTIONAL) === 0 || !open.has(producerId)) {
      const batch = bytes.subarray(at, end);
      const count = bytes.readInt32BE(at + 57);
      runs.push({ from: Math.max(from, base), count, records: () => readRecords(batch, base, from) });
    }
    nextOffset = Math.max(nextOffset, last + 1);
    epoch = bytes.readInt32BE(at + 12);
    at = end;
  }
  return { runs, nextOffset, epoch };
}

/** Type of the control record: 0 abort, 1 commit; -1 for another, which ends no transaction. */
function markerType(bytes: Buffer, at: number): number {
  const cursor = { at };
  varint(bytes, cursor);
  cursor.at++;
  varint(bytes, cursor);
  varint(bytes, cursor);
  const keyLength = varint(bytes, cursor);
  return keyLength >= 4 ? bytes.readInt16BE(cursor.at + 2) : -1;
}

function readRecords(batch: Buffer, base: number, from: number): KafkaRecord[] {
  const attributes = batch.readInt16BE(21);
  const first = Number(batch.readBigInt64BE(27));
  // With LogAppendTime all records bear the broker's time.
  const appended = (attributes & APPEND_TIME) !== 0 ? Number(batch.readBigInt64BE(35)) : undefined;
  const count = batch.readInt32BE(57);
  const packed = batch.subarray(BATCH_HEAD);
  const compression = attributes & COMPRESSION;
  const algorithm = compressionsAlgorithmsByBitmask[compression];
  if (algorithm === undefined) {
    throw new StreamsError(
      'batch-corrupt',
      `The record batch at offset ${base} is packed in an unknown way (${compression}).`,
    );
  }
  const plain = (compression === LZ4 ? unpackLz4(packed) : undefined) ?? algorithm.decompressSync(packed);
  const records: KafkaRecord[] = [];
  const cursor = { at: 0 };
  for (let i = 0; i < count; i++) {
    const length = varint(plain, cursor);
    const behind = cursor.at + length;
    cursor.at++;
    const timestamp = appended ?? first + varint(plain, cursor);
    if (appended !== undefined) varint(plain, cursor);
    const offset = base + varint(plain, cursor);
    if (offset >= from) {
      const key = bytesAt(plain, cursor);
      const value = bytesAt(plain, cursor);
      const headers = headersAt(plain, cursor);
      records.push(
        headers === undefined
          ? { offset, timestamp, key, value }
          : { offset, timestamp, key, value, headers },
      );
    }
    cursor.at = behind;
  }
  return records;
}

function bytesAt(plain: Buffer, cursor: { at: number }): Buffer | null {
  const length = varint(plain, cursor);
  if (length < 0) return null;
  const from = cursor.at;
  cursor.at += length;
  return plain.subarray(from, cursor.at);
}

function headersAt(plain: Buffer, cursor: { at: number }): Headers | undefined {
  const count = varint(plain, cursor);
  if (count === 0) return undefined;
  const headers: Record<string, Uint8Array> = {};
  for (let i = 0; i < count; i++) {
    const name = bytesAt(plain, cursor)?.toString() ?? '';
    headers[name] = bytesAt(plain, cursor) ?? new Uint8Array(0);
  }
  return headers;
}
