/** Numbers of a record batch: zigzag, in groups of seven bits. */

/** Bytes that a number of 32 bits takes. */
export function varintLength(value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  let length = 1;
  while (rest > 127) {
    rest >>>= 7;
    length++;
  }
  return length;
}

/** Writes a number of 32 bits; the position behind it. */
export function putVarint(b: Uint8Array, at: number, value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  let i = at;
  while (rest > 127) {
    b[i++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  b[i++] = rest;
  return i;
}

/** Bytes that a whole number of up to 53 bits takes. */
export function varlongLength(value: number): number {
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  let length = 1;
  while (rest > 127) {
    rest = Math.floor(rest / 128);
    length++;
  }
  return length;
}

export function putVarlong(b: Uint8Array, at: number, value: number): number {
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  let i = at;
  while (rest > 127) {
    b[i++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  b[i++] = rest;
  return i;
}

/** Reads either; `cursor.at` moves behind it. */
export function varint(b: Uint8Array, cursor: { at: number }): number {
  let byte = b[cursor.at++] as number;
  if (byte < 128) return (byte >>> 1) ^ -(byte & 1);
  let value = byte & 127;
  let scale = 128;
  do {
    byte = b[cursor.at++] as number;
    value += (byte & 127) * scale;
    scale *= 128;
  } while (byte > 127);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
