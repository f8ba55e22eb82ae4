/** Record keys between text and bytes. Every record passes here once each way. */

const SLAB = 65_536;
// A byte order mark is part of a key: without it two keys would be one.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

let slab = Buffer.allocUnsafeSlow(SLAB);
let at = 0;

/** UTF-8 of a key: a view of a buffer that is never written again. */
export function keyBytes(key: string): Uint8Array {
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
