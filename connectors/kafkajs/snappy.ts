/** Before the blocks that Java's library writes: its name, two versions. A block alone begins otherwise. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const XERIAL_HEAD = 16;
/** Bytes that one compressed byte can stand for. */
const MOST = 64;

/** What was compressed with Snappy, as one block or in xerial's frame of several. @throws RangeError for what is none. */
export function snappyDecompressed(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, XERIAL.length).equals(XERIAL)) return block(bytes);
  const blocks: Buffer[] = [];
  for (let at = XERIAL_HEAD; at < bytes.length; ) {
    const length = bytes.readInt32BE(at);
    blocks.push(block(bytes.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return Buffer.concat(blocks);
}

/** https://github.com/google/snappy/blob/main/format_description.txt */
function block(from: Buffer): Buffer {
  let at = 0;
  let size = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = from.readUInt8(at++);
    size += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (size > MOST * from.length) throw new RangeError('A block says that it is larger than any can be.');
  const into = Buffer.allocUnsafe(size);
  let to = 0;
  while (at < from.length) {
    const tag = from.readUInt8(at++);
    if ((tag & 3) === 0) {
      let length = tag >> 2;
      if (length >= 60) {
        const bytes = length - 59;
        length = from.readUIntLE(at, bytes);
        at += bytes;
      }
      length++;
      if (at + length > from.length || to + length > size)
        throw new RangeError('A literal is longer than its block.');
      from.copy(into, to, at, at + length);
      at += length;
      to += length;
      continue;
    }
    const length = (tag & 3) === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    let distance: number;
    if ((tag & 3) === 1) distance = ((tag >> 5) << 8) | from.readUInt8(at++);
    else if ((tag & 3) === 2) {
      distance = from.readUInt16LE(at);
      at += 2;
    } else {
      distance = from.readUInt32LE(at);
      at += 4;
    }
    to = repeated(into, to, distance, length);
  }
  if (to !== size) throw new RangeError('A block is shorter than it says.');
  return into;
}

/** Copies what stands so far before, byte by byte: it may reach into what it writes. */
export function repeated(into: Buffer, to: number, distance: number, length: number): number {
  if (distance === 0 || distance > to || to + length > into.length)
    throw new RangeError('A repetition of what is not there.');
  for (let i = 0; i < length; i++) into[to + i] = into[to + i - distance] as number;
  return to + length;
}
