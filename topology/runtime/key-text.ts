/** Record keys between text and bytes. Every record passes here once each way. */

const SLAB = 65_536;
// A byte order mark is part of a key: without it two keys would be one.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

let slab = Buffer.allocUnsafeSlow(SLAB);
let at = 0;

/** Keys written before, by a hash of their text: the same few thousand come again and again. */
const KNOWN = 8_192;
/** In characters; longer keys are none that a feed gives its patients, and too much to hold on to. */
const LONGEST_KNOWN = 128;
const knownTexts: string[] = new Array<string>(KNOWN).fill('');
const knownBytes: Uint8Array[] = new Array<Uint8Array>(KNOWN).fill(slab.subarray(0, 0));

/** UTF-8 of a key: a view of a buffer that is never written again, and may be shared with other records. */
export function keyBytes(key: string): Uint8Array {
  if (key.length > LONGEST_KNOWN) return written(key);
  const slot = slotOf(key);
  if (knownTexts[slot] === key) return knownBytes[slot] as Uint8Array;
  const bytes = written(key);
  knownTexts[slot] = key;
  knownBytes[slot] = bytes;
  return bytes;
}

/** Keys of one kind differ at their end. */
function slotOf(key: string): number {
  let hash = key.length;
  for (let i = Math.max(0, hash - 6); i < key.length; i++) hash = Math.imul(hash, 31) + key.charCodeAt(i);
  return (hash ^ (hash >>> 13)) & (KNOWN - 1);
}

function written(key: string): Uint8Array {
  const room = key.length * 3;
  if (room > SLAB) return Buffer.from(key);
  if (at + room > SLAB) {
    slab = Buffer.allocUnsafeSlow(SLAB);
    at = 0;
  }
  const from = at;
  at += slab.write(key, from);
  return slab.subarray(from, at);
}

/** Whether the bytes are this text; false also when that shows only after decoding, for what is not ASCII. */
export function spells(bytes: Uint8Array, text: string): boolean {
  if (bytes.length !== text.length) return false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte >= 0x80 || byte !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** The text of a key. */
export function keyText(bytes: Uint8Array): string {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] as number) >= 0x80) return decoder.decode(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
