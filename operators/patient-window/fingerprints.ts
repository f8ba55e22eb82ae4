/**
 * Sixteen bits of each entry's id, in the order of the entries, in one run before them: whether an id is held shows
 * from these without a walk over the entries. Equal ids have equal fingerprints, so the ids are only compared where
 * the fingerprints are equal; different ones agree once in 65,536 times.
 */
import { putU16 } from './bytes.ts';

/** Bytes of one fingerprint. */
export const PRINT = 2;

/** Fingerprint of the id in the bytes [from, to): FNV-1a, folded. */
export function fingerprintOf(b: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ (b[i] as number), 0x01000193);
  return (hash ^ (hash >>> 16)) & 0xffff;
}

export const putFingerprint = (b: Uint8Array, at: number, fingerprint: number): void =>
  putU16(b, at, fingerprint);

/** Index of the next equal fingerprint at or after `index`, of `count` that begin at `from`; -1: there is none. */
export function nextAlike(
  b: Uint8Array,
  from: number,
  count: number,
  fingerprint: number,
  index: number,
): number {
  const low = fingerprint & 0xff;
  const high = fingerprint >>> 8;
  const end = from + count * PRINT;
  for (let at = from + index * PRINT; at < end; at += PRINT) {
    if (b[at] === low && b[at + 1] === high) return (at - from) / PRINT;
  }
  return -1;
}
