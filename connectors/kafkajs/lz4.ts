import { repeated } from './snappy.ts';

const MAGIC = 0x184d2204;
const BLOCK_CHECKSUM = 0x10;
const CONTENT_SIZE = 0x08;
const DICTIONARY = 0x01;
const UNCOMPRESSED = 0x8000_0000;
const LEAST_MATCH = 4;
const MORE = 15;

/**
 * What was compressed with LZ4, in its frame. Its own checksums are not looked at: the record batch around it has one.
 * @throws RangeError for what is none.
 */
export function lz4Decompressed(bytes: Buffer): Buffer {
  if (bytes.readUInt32LE(0) !== MAGIC) throw new RangeError('This is no LZ4 frame.');
  const flags = bytes.readUInt8(4);
  const largest = 1 << (8 + 2 * ((bytes.readUInt8(5) >> 4) & 7));
  let at = 7 + ((flags & CONTENT_SIZE) === 0 ? 0 : 8) + ((flags & DICTIONARY) === 0 ? 0 : 4);
  let into = Buffer.allocUnsafe(largest);
  let to = 0;
  for (;;) {
    const size = bytes.readUInt32LE(at);
    at += 4;
    if (size === 0) return into.subarray(0, to);
    const length = size % UNCOMPRESSED;
    if (at + length > bytes.length) throw new RangeError('A block is cut off.');
    // A block may repeat what stands in those before it: all are in one piece.
    if (into.length - to < largest) into = Buffer.concat([into.subarray(0, to)], 2 * into.length + largest);
    const block = bytes.subarray(at, at + length);
    if (size >= UNCOMPRESSED) to += block.copy(into, to);
    else to = decompressed(block, into, to);
    at += length + ((flags & BLOCK_CHECKSUM) === 0 ? 0 : 4);
  }
}

/** https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md */
function decompressed(from: Buffer, into: Buffer, begin: number): number {
  const cursor = { at: 0 };
  let to = begin;
  while (cursor.at < from.length) {
    const token = from.readUInt8(cursor.at++);
    const literals = lengthOf(token >> 4, from, cursor);
    if (cursor.at + literals > from.length || to + literals > into.length)
      throw new RangeError('A literal is longer than its block.');
    from.copy(into, to, cursor.at, cursor.at + literals);
    cursor.at += literals;
    to += literals;
    // The last sequence is literals only.
    if (cursor.at === from.length) break;
    const distance = from.readUInt16LE(cursor.at);
    cursor.at += 2;
    to = repeated(into, to, distance, lengthOf(token & MORE, from, cursor) + LEAST_MATCH);
  }
  return to;
}

function lengthOf(nibble: number, from: Buffer, cursor: { at: number }): number {
  let length = nibble;
  if (nibble === MORE) {
    let byte: number;
    do {
      byte = from.readUInt8(cursor.at++);
      length += byte;
    } while (byte === 255);
  }
  return length;
}
