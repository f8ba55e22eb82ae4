import type { Codec } from '../topology/model/codec.ts';

const SLOTS = 1_024;

/** To bytes, of their own, and back: what is written reads as it was. */
export type Coding<T> = Pick<Codec<T>, 'encode' | 'decode'>;

/**
 * `coding`, without reading bytes that were written or read a short while ago: what a patient's state holds in JSON is read with every
 * record, most often just as the last one left it. The same bytes may give the same object, so it must never be changed in place.
 */
export function memoised<T>(coding: Coding<T>): Coding<T> {
  const known = new Array<{ readonly bytes: Uint8Array; readonly value: T } | undefined>(SLOTS).fill(
    undefined,
  );
  return {
    encode: (value) => {
      const bytes = coding.encode(value);
      known[slotOf(bytes)] = { bytes, value };
      return bytes;
    },
    decode: (bytes) => {
      const slot = slotOf(bytes);
      const before = known[slot];
      if (before !== undefined && Buffer.compare(before.bytes, bytes) === 0) return before.value;
      const value = coding.decode(bytes);
      known[slot] = { bytes: Buffer.from(bytes), value };
      return value;
    },
  };
}

/** By a few of the bytes: that they are the same is seen by comparing all. */
function slotOf(bytes: Uint8Array): number {
  let hash = bytes.length;
  const step = Math.max(1, bytes.length >> 6);
  for (let i = 0; i < bytes.length; i += step) hash = Math.imul(hash, 31) + (bytes[i] as number);
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}
