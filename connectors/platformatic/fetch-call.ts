import type { API, Writer as WriterOf } from '@platformatic/kafka';
import { createAPI, ResponseError, Writer } from './library.ts';
import { putUnsignedVarint, unsignedVarint } from './varint.ts';

/** Where a partition is read on: the offset, and the epoch of what was read last. */
export interface AskedPartition {
  readonly partition: number;
  readonly offset: number;
  readonly epoch: number;
  readonly maxBytes: number;
}

export interface AskedFetch {
  readonly waitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  /** 1: of transactions what is committed; 0: everything. */
  readonly isolation: 0 | 1;
  readonly topics: ReadonlyMap<string, readonly AskedPartition[]>;
}

/** Answer of one partition to a fetch: its batches as they came, unread. */
export interface FetchedPartition {
  readonly topicId: string;
  readonly partition: number;
  readonly errorCode: number;
  /** The last stable offset: what may be read ends there. */
  readonly end: number;
  readonly aborted: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[];
  readonly batches: Buffer | undefined;
  /** The log of the leader parts from what was read last: where what they have in common ends. */
  readonly diverging: { readonly epoch: number; readonly endOffset: number } | undefined;
}

/**
 * Fetch v17, made and read as bytes: a member names all its partitions in each, and the library's writer and reader take 5 µs for one of them.
 * There is no session, so that every request says all it wants.
 */
export const fetchRaw: API<[AskedFetch], readonly FetchedPartition[]> = createAPI(
  1,
  17,
  fetchRequest,
  (_correlation, key, version, reader) => {
    const bytes = reader.buffer.slice(reader.position);
    const errorCode = bytes.readInt16BE(4);
    if (errorCode !== 0) throw new ResponseError(key, version, { '': [errorCode, null] }, undefined);
    return fetchedPartitions(bytes, 10);
  },
);

const HEAD = 21;
const UUID = 16;
/** A length, of five bytes at most. */
const LENGTH = 5;
const PARTITION = 33;

function fetchRequest({ waitMs, minBytes, maxBytes, isolation, topics }: AskedFetch): WriterOf {
  let size = HEAD + LENGTH + 3;
  for (const partitions of topics.values()) size += UUID + LENGTH + partitions.length * PARTITION + 1;
  const b = Buffer.allocUnsafe(size);
  let at = b.writeInt32BE(waitMs);
  at = b.writeInt32BE(minBytes, at);
  at = b.writeInt32BE(maxBytes, at);
  at = b.writeInt8(isolation, at);
  // Session and its epoch: none.
  at = b.writeInt32BE(0, at);
  at = b.writeInt32BE(-1, at);
  at = putUnsignedVarint(b, at, topics.size + 1);
  for (const [id, partitions] of topics) {
    at += b.write(id.replaceAll('-', ''), at, UUID, 'hex');
    at = putUnsignedVarint(b, at, partitions.length + 1);
    for (const { partition, offset, epoch, maxBytes: most } of partitions) {
      at = b.writeInt32BE(partition, at);
      // The leader's epoch now and the start of the log: not known here.
      at = b.writeInt32BE(-1, at);
      at = b.writeBigInt64BE(BigInt(offset), at);
      at = b.writeInt32BE(epoch, at);
      at = b.writeBigInt64BE(-1n, at);
      at = b.writeInt32BE(most, at);
      b[at++] = 0;
    }
    b[at++] = 0;
  }
  // No topics to forget, no rack, no tagged fields.
  b[at++] = 1;
  b[at++] = 1;
  b[at++] = 0;
  return Writer.create().append(b.subarray(0, at));
}

/** A compact length is one more than what it counts; zero is null. */
function fetchedPartitions(b: Buffer, from: number): FetchedPartition[] {
  const cursor = { at: from };
  const fetched: FetchedPartition[] = [];
  for (let topics = unsignedVarint(b, cursor) - 1; topics > 0; topics--) {
    const topicId = uuid(b, cursor);
    for (let left = unsignedVarint(b, cursor) - 1; left > 0; left--)
      fetched.push(fetchedPartition(b, cursor, topicId));
    taggedFields(b, cursor);
  }
  return fetched;
}

/** With hyphens, as metadata tell it. */
function uuid(b: Buffer, cursor: { at: number }): string {
  const hex = b.toString('hex', cursor.at, (cursor.at += UUID));
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function fetchedPartition(b: Buffer, cursor: { at: number }, topicId: string): FetchedPartition {
  const partition = b.readInt32BE(cursor.at);
  const errorCode = b.readInt16BE(cursor.at + 4);
  // Behind the high watermark, and before the start of the log.
  const end = Number(b.readBigInt64BE(cursor.at + 14));
  cursor.at += 30;
  const aborted: { producerId: bigint; firstOffset: bigint }[] = [];
  for (let left = unsignedVarint(b, cursor) - 1; left > 0; left--) {
    const [producerId, firstOffset] = [b.readBigInt64BE(cursor.at), b.readBigInt64BE(cursor.at + 8)];
    aborted.push({ producerId, firstOffset });
    cursor.at += 16;
    taggedFields(b, cursor);
  }
  // The replica to read from.
  cursor.at += 4;
  const length = unsignedVarint(b, cursor) - 1;
  const batches = length > 0 ? b.subarray(cursor.at, cursor.at + length) : undefined;
  cursor.at += Math.max(0, length);
  const diverging = taggedFields(b, cursor);
  return { topicId, partition, errorCode, end, aborted, batches, diverging };
}

/** Of a partition's tagged fields the first is where its log parts from the one that was read; the others (leader, snapshot) are for followers. */
function taggedFields(b: Buffer, cursor: { at: number }): FetchedPartition['diverging'] {
  let diverging: FetchedPartition['diverging'];
  for (let fields = unsignedVarint(b, cursor); fields > 0; fields--) {
    const tag = unsignedVarint(b, cursor);
    const size = unsignedVarint(b, cursor);
    if (tag === 0 && size >= 12)
      diverging = { epoch: b.readInt32BE(cursor.at), endOffset: Number(b.readBigInt64BE(cursor.at + 4)) };
    cursor.at += size;
  }
  return diverging;
}
