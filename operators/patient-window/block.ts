/**
 * The state of one patient in bytes: what the store holds, what a snapshot carries.
 *
 *   u8 layout | u8 flags | f64 high water | f64 cap frontier | u32 capped | f64 first
 *   f64 encounter time | u8 length, encounter reference
 *   u32 entries in bytes | u32 entries | entries (entry.ts), in time order
 *   u32 length, frozen episode (JSON) | u32 length, context facts (JSON)
 */
import type { Codec } from '../../topology/model/codec.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import { pointsOf } from '../clinical/criterion.ts';
import { f64, putF64, putU32, u32 } from './bytes.ts';
import { entryLength, entryMayMeet, entryTime, entryUsable } from './entry.ts';

export const LAYOUT = 1;

/** Alerts are, or may be, held downstream for this patient: every change must be told. */
const ATTENTION = 1;

const ENCOUNTER = 38;

/** A patient's state, opened. Fields are plain; `entries` is a range of `bytes`. */
export interface Block {
  /** Greatest time of a usable vital sign ever seen, epoch ms; -Infinity: none. It never falls. */
  highWater: number;
  /** Least time of a usable vital sign ever seen, epoch ms; Infinity: none. It never rises. */
  first: number;
  /** Times before this are settled because facts had to be dropped at the hard cap; -Infinity: never. */
  capFrontier: number;
  /** Facts dropped at the hard cap. */
  capped: number;
  attention: boolean;
  /** Newest reference to an encounter, and the time of the vital sign that bore it. */
  encounterTime: number;
  encounter: Uint8Array;
  bytes: Uint8Array;
  /** `bytes` is the scratch buffer of `splice`. */
  spliced: boolean;
  entriesFrom: number;
  entriesTo: number;
  entryCount: number;
  /** Criteria that some entry might meet (`entryMayMeet`), entries since let go included; -1: not known. */
  mayMeet: number;
  frozen: Uint8Array;
  context: Uint8Array;
}

const NOTHING = new Uint8Array(0);

export const emptyBlock = (): Block => ({
  highWater: Number.NEGATIVE_INFINITY,
  first: Number.POSITIVE_INFINITY,
  capFrontier: Number.NEGATIVE_INFINITY,
  capped: 0,
  attention: false,
  encounterTime: Number.NEGATIVE_INFINITY,
  encounter: NOTHING,
  bytes: NOTHING,
  spliced: false,
  entriesFrom: 0,
  entriesTo: 0,
  entryCount: 0,
  mayMeet: -1,
  frozen: NOTHING,
  context: NOTHING,
});

/** Opens a state. Its ranges are views: they are good as long as `bytes` is. */
export function openBlock(bytes: Uint8Array): Block {
  if (bytes[0] !== LAYOUT)
    throw new StreamsError('state-unreadable', `A patient state has layout ${bytes[0]}, not ${LAYOUT}.`);
  const encounterLength = bytes[ENCOUNTER] as number;
  let p = ENCOUNTER + 1 + encounterLength;
  const entriesLength = u32(bytes, p);
  const entryCount = u32(bytes, p + 4);
  const entriesFrom = p + 8;
  p = entriesFrom + entriesLength;
  const frozenLength = u32(bytes, p);
  const frozen = frozenLength === 0 ? NOTHING : bytes.subarray(p + 4, p + 4 + frozenLength);
  p += 4 + frozenLength;
  const contextLength = u32(bytes, p);
  return {
    highWater: f64(bytes, 2),
    first: f64(bytes, 22),
    capFrontier: f64(bytes, 10),
    capped: u32(bytes, 18),
    attention: ((bytes[1] as number) & ATTENTION) !== 0,
    encounterTime: f64(bytes, 30),
    encounter:
      encounterLength === 0 ? NOTHING : bytes.subarray(ENCOUNTER + 1, ENCOUNTER + 1 + encounterLength),
    bytes,
    spliced: false,
    entriesFrom,
    entriesTo: entriesFrom + entriesLength,
    entryCount,
    mayMeet: -1,
    frozen,
    context: contextLength === 0 ? NOTHING : bytes.subarray(p + 4, p + 4 + contextLength),
  };
}

/** The most that stands before the entries. */
export const HEAD_BOUND: number = ENCOUNTER + 1 + 255 + 8;

/** What stands behind the entries, in bytes. */
export const tailBound = (block: Block): number => 8 + block.frozen.length + block.context.length;

const headLength = (block: Block): number => ENCOUNTER + 1 + block.encounter.length + 8;

let out = new Uint8Array(8_192);

/**
 * The state as bytes: a view of a scratch buffer that is good until the next call. What was spliced already lies in
 * one, with room around its entries, and is finished where it lies.
 */
export function writeBlock(block: Block): Uint8Array {
  const head = headLength(block);
  const { entriesFrom, entriesTo } = block;
  const size = entriesTo - entriesFrom;
  if (block.spliced && entriesFrom >= head && block.bytes.length >= entriesTo + tailBound(block)) {
    writeHead(block, block.bytes, entriesFrom - head);
    return block.bytes.subarray(entriesFrom - head, writeTail(block, block.bytes, entriesTo));
  }
  const needed = head + size + tailBound(block);
  if (out.length < needed) out = new Uint8Array(2 * needed);
  writeHead(block, out, 0);
  out.set(block.bytes.subarray(entriesFrom, entriesTo), head);
  return out.subarray(0, writeTail(block, out, head + size));
}

function writeHead(block: Block, b: Uint8Array, at: number): void {
  b[at] = LAYOUT;
  b[at + 1] = block.attention ? ATTENTION : 0;
  putF64(b, at + 2, block.highWater);
  putF64(b, at + 10, block.capFrontier);
  putU32(b, at + 18, block.capped);
  putF64(b, at + 22, block.first);
  putF64(b, at + 30, block.encounterTime);
  b[at + ENCOUNTER] = block.encounter.length;
  b.set(block.encounter, at + ENCOUNTER + 1);
  const p = at + ENCOUNTER + 1 + block.encounter.length;
  putU32(b, p, block.entriesTo - block.entriesFrom);
  putU32(b, p + 4, block.entryCount);
}

function writeTail(block: Block, b: Uint8Array, at: number): number {
  return section(b, section(b, at, block.frozen), block.context);
}

function section(out: Uint8Array, at: number, bytes: Uint8Array): number {
  putU32(out, at, bytes.length);
  if (bytes.length > 0) out.set(bytes, at + 4);
  return at + 4 + bytes.length;
}

/** Greatest time of a usable vital sign held now; -Infinity when there is none. */
export function newestUsable(block: Block): number {
  let newest = Number.NEGATIVE_INFINITY;
  for (let at = block.entriesFrom; at < block.entriesTo; at += entryLength(block.bytes, at)) {
    if (entryUsable(block.bytes, at)) newest = entryTime(block.bytes, at);
  }
  return newest;
}

/** Whether so many different criteria might be met: without that there is no episode to look for. */
export function mayBePositive(block: Block, positiveAt: number): boolean {
  return pointsOf(block.mayMeet < 0 ? mayMeetOf(block) : block.mayMeet) >= positiveAt;
}

function mayMeetOf(block: Block): number {
  let mask = 0;
  for (let at = block.entriesFrom; at < block.entriesTo; at += entryLength(block.bytes, at))
    mask |= entryMayMeet(block.bytes, at);
  return mask;
}

/** The store's codec: the bytes are the state. */
export const patientBytes: Codec<Uint8Array> = {
  name: `patient-window v${LAYOUT}`,
  encode: (state) => state,
  decode: (state) => state,
};
