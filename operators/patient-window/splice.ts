import type { ClinicalEvent } from '../../schemas/generated/clinical-event.ts';
import type { Qsofa } from '../clinical/qsofa.ts';
import { type Block, countEntry, HEAD } from './block.ts';
import {
  entryBound,
  entryFingerprint,
  entryLength,
  entryMayMeet,
  entryTime,
  entryUsable,
  entryWeighs,
  putEntry,
  supersedes,
} from './entry.ts';
import { PRINT, putFingerprint } from './fingerprints.ts';
import { type Place, placeFor, placeOfSame } from './place.ts';

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

// A Buffer, as states are where the store keeps them: code that reads both has then one kind of object to read.
let scratch: Uint8Array = Buffer.alloc(4_096);

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
  const room = entryBound(event.measurements.length);
  makeRoom(block, room);
  const { bytes } = block;
  putEntry(scratch, 0, event, time, rule);
  let usable = entryUsable(scratch, 0);
  const fingerprint = entryFingerprint(scratch, 0);
  const held = placeOfSame(block, scratch, fingerprint);
  const late = usable && time < limits.lateBefore;
  if (held.at >= 0 && !supersedes(scratch, 0, bytes, held.at)) {
    if (usable && !late) witness(block, time);
    return 'superseded';
  }
  let stays = false;
  if (held.at < 0) {
    if (late) return 'late';
    if (time < limits.horizon) return usable ? 'beyond-cap' : 'beyond-horizon';
  } else if (late || event.measurements.length === 0 || time < limits.horizon) {
    // It only withdraws. It must stay as long as copies of what it withdraws may come, whatever time it states itself.
    const withdrawn = entryTime(bytes, held.at);
    stays = time <= withdrawn;
    putEntry(scratch, 0, { ...event, measurements: [] }, Math.max(time, withdrawn), rule);
    usable = false;
  }
  insert(block, room, fingerprint, held, stays ? held : placeFor(block, scratch));
  if (usable) witness(block, time);
  return late ? 'late' : 'changed';
}

/** The new entry is written at the start of the scratch; the new state follows after `room` bytes. */
function makeRoom(block: Block, room: number): void {
  const { entriesFrom, entriesTo, entryCount, tailFrom, tailTo } = block;
  const state = HEAD + PRINT * (entryCount + 1) + entriesTo - entriesFrom + room + tailTo - tailFrom;
  if (scratch.length < room + state) scratch = Buffer.alloc(2 * (room + state));
}

/** Copies fingerprints and entries, with the new entry `before` one of them and without the one `held`. */
function insert(
  block: Block,
  room: number,
  fingerprint: number,
  held: Readonly<Place>,
  before: Readonly<Place>,
): void {
  const { bytes, printsFrom, entriesFrom, entriesTo } = block;
  const print = printsFrom + PRINT * before.index;
  const printsTo = printsFrom + PRINT * block.entryCount;
  const heldPrint = held.at < 0 ? -1 : printsFrom + PRINT * held.index;
  const heldLength = held.at < 0 ? 0 : entryLength(bytes, held.at);
  const length = entryLength(scratch, 0);
  let p = copy(bytes, printsFrom, print, heldPrint, PRINT, room + HEAD);
  putFingerprint(scratch, p, fingerprint);
  p = copy(bytes, print, printsTo, heldPrint, PRINT, p + PRINT);
  block.printsFrom = room + HEAD;
  block.entriesFrom = p;
  p = copy(bytes, entriesFrom, before.at, held.at, heldLength, p);
  scratch.copyWithin(p, 0, length);
  p = copy(bytes, before.at, entriesTo, held.at, heldLength, p + length);
  block.entriesTo = p;
  if (held.at >= 0) countEntry(block, entryMayMeet(bytes, held.at), -1);
  countEntry(block, entryMayMeet(scratch, 0), 1);
  block.bytes = scratch;
  block.spliced = true;
}

/** Every usable version moves the patient's time, also one that comes after its successor: so the order plays no part. */
function witness(block: Block, time: number): void {
  block.highWater = Math.max(block.highWater, time);
  block.first = Math.min(block.first, time);
}

/** Copies the bytes [from, to) to `p` of the scratch, leaving out `cutLength` of them at `cut`; returns the end. */
function copy(
  bytes: Uint8Array,
  from: number,
  to: number,
  cut: number,
  cutLength: number,
  p: number,
): number {
  if (cut < from || cut >= to) return copyAll(bytes, from, to, p);
  return copyAll(bytes, cut + cutLength, to, copyAll(bytes, from, cut, p));
}

function copyAll(bytes: Uint8Array, from: number, to: number, p: number): number {
  if (from < to) scratch.set(bytes.subarray(from, to), p);
  return p + to - from;
}

/** Lets go of the entries before `horizon`. Nothing is copied: the ranges begin later. */
export function evict(block: Block, horizon: number): void {
  const { bytes } = block;
  while (block.entriesFrom < block.entriesTo && entryTime(bytes, block.entriesFrom) < horizon) {
    countEntry(block, entryMayMeet(bytes, block.entriesFrom), -1);
    block.entriesFrom += entryLength(bytes, block.entriesFrom);
    block.printsFrom += PRINT;
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
    if (entryWeighs(block.bytes, at)) met++;
  }
  let ids = block.entryCount;
  let last = Number.NEGATIVE_INFINITY;
  for (
    let at = block.entriesFrom;
    at < block.entriesTo && (ids > cap.ids || met > cap.met);
    at += entryLength(block.bytes, at)
  ) {
    if (entryWeighs(block.bytes, at)) met--;
    ids--;
    last = entryTime(block.bytes, at);
  }
  return last;
}
