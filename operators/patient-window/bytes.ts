/** Numbers in bytes, little-endian, without a view object per access. */

const float = new Float64Array(1);
const floatBytes = new Uint8Array(float.buffer);

export const u16 = (b: Uint8Array, at: number): number => (b[at] as number) | ((b[at + 1] as number) << 8);

export function putU16(b: Uint8Array, at: number, value: number): void {
  b[at] = value;
  b[at + 1] = value >>> 8;
}

export const u32 = (b: Uint8Array, at: number): number =>
  ((b[at] as number) |
    ((b[at + 1] as number) << 8) |
    ((b[at + 2] as number) << 16) |
    ((b[at + 3] as number) << 24)) >>>
  0;

export function putU32(b: Uint8Array, at: number, value: number): void {
  b[at] = value;
  b[at + 1] = value >>> 8;
  b[at + 2] = value >>> 16;
  b[at + 3] = value >>> 24;
}

export function f64(b: Uint8Array, at: number): number {
  for (let i = 0; i < 8; i++) floatBytes[i] = b[at + i] as number;
  return float[0] as number;
}

export function putF64(b: Uint8Array, at: number, value: number): void {
  float[0] = value;
  for (let i = 0; i < 8; i++) b[at + i] = floatBytes[i] as number;
}

/** Signed whole number of 48 bits: epoch milliseconds of the years -2490 to 6429. */
export function i48(b: Uint8Array, at: number): number {
  const high = ((b[at + 4] as number) | ((b[at + 5] as number) << 8)) << 16;
  return (high >> 16) * 4_294_967_296 + u32(b, at);
}

export function putI48(b: Uint8Array, at: number, value: number): void {
  const high = Math.floor(value / 4_294_967_296);
  putU32(b, at, value - high * 4_294_967_296);
  putU16(b, at + 4, high);
}

/** Writes a whole number >= 0 up to 2^53 in groups of seven bits; returns the position behind it. */
export function putVarint(b: Uint8Array, at: number, value: number): number {
  let rest = value;
  let i = at;
  while (rest >= 128) {
    b[i++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  b[i++] = rest;
  return i;
}

/** Reads what `putVarint` wrote; `cursor.at` moves behind it. */
export function varint(b: Uint8Array, cursor: { at: number }): number {
  let value = 0;
  let scale = 1;
  for (;;) {
    const byte = b[cursor.at++] as number;
    value += (byte & 127) * scale;
    if (byte < 128) return value;
    scale *= 128;
  }
}

/** The three-way order of two runs of bytes. */
export function compareBytes(
  a: Uint8Array,
  aFrom: number,
  aTo: number,
  b: Uint8Array,
  bFrom: number,
  bTo: number,
): number {
  const n = Math.min(aTo - aFrom, bTo - bFrom);
  for (let i = 0; i < n; i++) {
    const difference = (a[aFrom + i] as number) - (b[bFrom + i] as number);
    if (difference !== 0) return difference;
  }
  return aTo - aFrom - (bTo - bFrom);
}
