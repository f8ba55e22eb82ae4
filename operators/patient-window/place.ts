import type { Block } from './block.ts';
import { compareEntries, entryBefore, entryLength, sameId } from './entry.ts';
import { nextAlike } from './fingerprints.ts';

/** A place among the entries of a block, in bytes and by number. */
export interface Place {
  at: number;
  index: number;
}

const same: Place = { at: -1, index: -1 };
const next: Place = { at: 0, index: 0 };

/** The version that is held of the id of `entry` (at 0); `at` -1: none. Reused: good until the next call. */
export function placeOfSame(block: Block, entry: Uint8Array, fingerprint: number): Readonly<Place> {
  const { bytes, printsFrom, entryCount } = block;
  let at = block.entriesFrom;
  let index = 0;
  let alike = nextAlike(bytes, printsFrom, entryCount, fingerprint, 0);
  for (; alike >= 0; alike = nextAlike(bytes, printsFrom, entryCount, fingerprint, alike + 1)) {
    for (; index < alike; index++) at += entryLength(bytes, at);
    if (sameId(bytes, at, entry, 0)) break;
  }
  same.at = alike < 0 ? -1 : at;
  same.index = alike;
  return same;
}

/**
 * What `entry` (at 0) stands before: an entry, or the end. Sought from the end, since nearly all that comes is newer
 * than what is held. Reused: good until the next call.
 */
export function placeFor(block: Block, entry: Uint8Array): Readonly<Place> {
  const { bytes, entriesFrom } = block;
  let at = block.entriesTo;
  let index = block.entryCount;
  while (at > entriesFrom) {
    const previous = entryBefore(bytes, at);
    if (compareEntries(entry, 0, bytes, previous) >= 0) break;
    at = previous;
    index--;
  }
  next.at = at;
  next.index = index;
  return next;
}
