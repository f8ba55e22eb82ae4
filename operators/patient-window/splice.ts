import type { ClinicalEvent } from '../../schemas/generated/clinical-event.ts';
import type { Qsofa } from '../clinical/qsofa.ts';
import { type Block, HEAD_BOUND, tailBound } from './block.ts';
import {
  compareEntries,
  entryBound,
  entryLength,
  entryMayMeet,
  entryTime,
  entryUsable,
  notBefore,
  putEntry,
  sameId,
  supersedes,
} from './entry.ts';

/** What became of an Observation. */
export type Spliced =
  /** The same version, or an older one: nothing changed, unless it bears a time newer than any. */
  | 'superseded'
  /** Older than the lateness allows: refused; a version of it that was held is withdrawn. */
  | 'late'
  /** A withdrawal of something older than anything held. */
  | 'beyond-horizon'
  /** Not late, but older than what the hard cap leaves: refused. */
  | 'beyond-cap'
  | 'changed';

export interface Limits {
  /** Entries before this time are let go, -Infinity: none. */
  readonly horizon: number;
  /** Usable vital signs before this time are late, -Infinity: none. */
  readonly lateBefore: number;
}

let scratch = new Uint8Array(4_096);

/**
 * Puts one Observation into the entries of `block`, in its place, and takes out the version it replaces.
 * On a change `block.bytes` is a scratch buffer that is good until the next call, with room before and behind the
 * entries for the rest of the state: `writeBlock` finishes it there.
 */
export function splice(
  block: Block,
  event: ClinicalEvent,
  time: number,
  limits: Limits,
  rule: Qsofa,
): Spliced {
  const size = block.entriesTo - block.entriesFrom;
  const room = entryBound(event.measurements.length);
  // The new entry is written at the start of the scratch, the new list of entries behind it.
  const needed = room + HEAD_BOUND + size + room + tailBound(block);
  if (scratch.length < needed) scratch = new Uint8Array(2 * needed);
  let length = putEntry(scratch, 0, event, time, rule);
  let usable = entryUsable(scratch, 0);
  const place = placeOf(block, scratch);
  const { held } = place;
  let { before } = place;
  const late = usable && time < limits.lateBefore;
  if (held >= 0 && !supersedes(scratch, 0, block.bytes, held)) {
    if (usable && !late) witness(block, time);
    return 'superseded';
  }
  if (held < 0) {
    if (late) return 'late';
    if (time < limits.horizon) return usable ? 'beyond-cap' : 'beyond-horizon';
  } else if (late || event.measurements.length === 0 || time < limits.horizon) {
    // It only withdraws. It must stay as long as copies of what it withdraws may come, whatever time it states itself.
    const withdrawn = entryTime(block.bytes, held);
    if (time <= withdrawn) before = held;
    length = putEntry(scratch, 0, { ...event, measurements: [] }, Math.max(time, withdrawn), rule);
    usable = false;
  }
  const heldLength = held < 0 ? 0 : entryLength(block.bytes, held);
  const from = room + HEAD_BOUND;
  let p = copy(block, block.entriesFrom, before, held, heldLength, from);
  scratch.copyWithin(p, 0, length);
  p += length;
  p = copy(block, before, block.entriesTo, held, heldLength, p);
  block.bytes = scratch;
  block.spliced = true;
  block.entriesFrom = from;
  block.entriesTo = p;
  block.mayMeet = place.mayMeet | entryMayMeet(scratch, 0);
  if (held < 0) block.entryCount++;
  if (usable) witness(block, time);
  return late ? 'late' : 'changed';
}

interface Place {
  /** The version held of this id; -1: none. */
  held: number;
  /** The entry that the new one stands before, or the end. */
  before: number;
  /** Criteria that the other entries might meet. */
  mayMeet: number;
}

const place: Place = { held: -1, before: 0, mayMeet: 0 };

/** One walk over the entries for all that must be known of them. The result is reused: good until the next call. */
function placeOf(block: Block, entry: Uint8Array): Place {
  const { bytes, entriesTo } = block;
  let held = -1;
  let before = -1;
  let mayMeet = 0;
  for (let at = block.entriesFrom; at < entriesTo; at += entryLength(bytes, at)) {
    if (sameId(bytes, at, entry, 0)) {
      held = at;
      continue;
    }
    mayMeet |= entryMayMeet(bytes, at);
    if (before < 0 && notBefore(bytes, at, entry, 0) && compareEntries(entry, 0, bytes, at) < 0) before = at;
  }
  place.held = held;
  place.before = before < 0 ? entriesTo : before;
  place.mayMeet = mayMeet;
  return place;
}

/** Every usable version moves the patient's time, also one that comes after its successor: so the order plays no part. */
function witness(block: Block, time: number): void {
  block.highWater = Math.max(block.highWater, time);
  block.first = Math.min(block.first, time);
}

/** Copies the entries [from, to) behind `p`, leaving out the one at `held`. */
function copy(block: Block, from: number, to: number, held: number, heldLength: number, p: number): number {
  if (held < from || held >= to) {
    scratch.set(block.bytes.subarray(from, to), p);
    return p + to - from;
  }
  scratch.set(block.bytes.subarray(from, held), p);
  scratch.set(block.bytes.subarray(held + heldLength, to), p + held - from);
  return p + to - from - heldLength;
}

/** Lets go of the entries before `horizon`. Nothing is copied: the range begins later. */
export function evict(block: Block, horizon: number): void {
  while (block.entriesFrom < block.entriesTo && entryTime(block.bytes, block.entriesFrom) < horizon) {
    block.entriesFrom += entryLength(block.bytes, block.entriesFrom);
    block.entryCount--;
  }
}

/** How many entries are of this time or older. */
export function countUpTo(block: Block, time: number): number {
  let count = 0;
  for (
    let at = block.entriesFrom;
    at < block.entriesTo && entryTime(block.bytes, at) <= time;
    at += entryLength(block.bytes, at)
  )
    count++;
  return count;
}

/** The hard cap on what one patient may hold. */
export interface Cap {
  readonly ids: number;
  readonly met: number;
}

/**
 * Time up to which (inclusive) entries must go so that the rest fits the cap; -Infinity when it fits.
 * Counted from the newest entry backwards.
 */
export function overCap(block: Block, cap: Cap): number {
  if (block.entryCount <= Math.min(cap.ids, cap.met)) return Number.NEGATIVE_INFINITY;
  let met = 0;
  for (let at = block.entriesFrom; at < block.entriesTo; at += entryLength(block.bytes, at)) {
    if (entryMayMeet(block.bytes, at) !== 0) met++;
  }
  let ids = block.entryCount;
  let last = Number.NEGATIVE_INFINITY;
  for (
    let at = block.entriesFrom;
    at < block.entriesTo && (ids > cap.ids || met > cap.met);
    at += entryLength(block.bytes, at)
  ) {
    if (entryMayMeet(block.bytes, at) !== 0) met--;
    ids--;
    last = entryTime(block.bytes, at);
  }
  return last;
}
