/**
 * The state of one patient in bytes: what the store holds, what a snapshot carries.
 *
 *   u8 layout | u8 flags | f64 high water | f64 cap frontier | f64 first | f64 encounter time | u32 capped
 *   u32 entries in bytes | u32 entries | 3 x u32 entries that might meet RR, SBP, GCS
 *   fingerprints (fingerprints.ts) | entries (entry.ts), both in time order | tail (tail.ts)
 */
import type { Codec } from '../../topology/model/codec.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import { f64, putF64, putU32, u32 } from './bytes.ts';
import { entryBefore, entryTime, entryUsable, MAY_MEET_GCS, MAY_MEET_RR, MAY_MEET_SBP } from './entry.ts';
import { PRINT } from './fingerprints.ts';
import { EMPTY_TAIL, type Tail } from './tail.ts';

export const LAYOUT = 2;

/** Alerts are, or may be, held downstream for this patient: every change must be told. */
const ATTENTION = 1;

/** Bytes before the fingerprints. */
export const HEAD = 58;

/** A patient's state, opened. Fields are plain; fingerprints and entries are ranges of `bytes`. */
export interface Block extends Tail {
  /** Greatest time of a usable vital sign ever seen, epoch ms; -Infinity: none. It never falls. */
  highWater: number;
  /** Least time of a usable vital sign ever seen, epoch ms; Infinity: none. It never rises. */
  first: number;
  /** Times before this are settled because facts had to be dropped at the hard cap; -Infinity: never. */
  capFrontier: number;
  /** Facts dropped at the hard cap. */
  capped: number;
  attention: boolean;
  /** Time of the vital sign that bore the newest reference to an encounter. */
  encounterTime: number;
  bytes: Uint8Array;
  /** `bytes` is the scratch buffer of `splice`. */
  spliced: boolean;
  printsFrom: number;
  entriesFrom: number;
  entriesTo: number;
  entryCount: number;
  /** How many entries might meet each criterion (`entryMayMeet`). */
  mayMeetRr: number;
  mayMeetSbp: number;
  mayMeetGcs: number;
}

export const emptyBlock = (): Block => ({
  highWater: Number.NEGATIVE_INFINITY,
  first: Number.POSITIVE_INFINITY,
  capFrontier: Number.NEGATIVE_INFINITY,
  capped: 0,
  attention: false,
  encounterTime: Number.NEGATIVE_INFINITY,
  bytes: EMPTY_TAIL,
  spliced: false,
  printsFrom: 0,
  entriesFrom: 0,
  entriesTo: 0,
  entryCount: 0,
  mayMeetRr: 0,
  mayMeetSbp: 0,
  mayMeetGcs: 0,
  tail: EMPTY_TAIL,
  tailFrom: 0,
  tailTo: EMPTY_TAIL.length,
});

/** Opens a state. Its ranges are good as long as `bytes` is. */
export function openBlock(bytes: Uint8Array): Block {
  if (bytes[0] !== LAYOUT)
    throw new StreamsError('state-unreadable', `A patient state has layout ${bytes[0]}, not ${LAYOUT}.`);
  const entryCount = u32(bytes, 42);
  const entriesFrom = HEAD + PRINT * entryCount;
  const entriesTo = entriesFrom + u32(bytes, 38);
  return {
    highWater: f64(bytes, 2),
    first: f64(bytes, 18),
    capFrontier: f64(bytes, 10),
    capped: u32(bytes, 34),
    attention: ((bytes[1] as number) & ATTENTION) !== 0,
    encounterTime: f64(bytes, 26),
    bytes,
    spliced: false,
    printsFrom: HEAD,
    entriesFrom,
    entriesTo,
    entryCount,
    mayMeetRr: u32(bytes, 46),
    mayMeetSbp: u32(bytes, 50),
    mayMeetGcs: u32(bytes, 54),
    tail: bytes,
    tailFrom: entriesTo,
    tailTo: bytes.length,
  };
}

let out: Uint8Array = Buffer.alloc(8_192);

/**
 * The state as bytes: a view of a scratch buffer that is good until the next call. What was spliced already lies in
 * one, with room around its entries, and is finished where it lies.
 */
export function writeBlock(block: Block): Uint8Array {
  const prints = PRINT * block.entryCount;
  const { entriesFrom, entriesTo, printsFrom, tail, tailFrom, tailTo } = block;
  const tailLength = tailTo - tailFrom;
  let b = block.bytes;
  let from = entriesFrom - prints - HEAD;
  if (block.spliced && from >= 0 && b.length >= entriesTo + tailLength) {
    // Where entries were let go in front, their fingerprints left a gap.
    if (printsFrom + prints !== entriesFrom) b.copyWithin(from + HEAD, printsFrom, printsFrom + prints);
  } else {
    const needed = HEAD + prints + entriesTo - entriesFrom + tailLength;
    if (out.length < needed) out = Buffer.alloc(2 * needed);
    out.set(b.subarray(printsFrom, printsFrom + prints), HEAD);
    out.set(b.subarray(entriesFrom, entriesTo), HEAD + prints);
    b = out;
    from = 0;
  }
  writeHead(block, b, from);
  const to = from + HEAD + prints + entriesTo - entriesFrom;
  b.set(tail.subarray(tailFrom, tailTo), to);
  return b.subarray(from, to + tailLength);
}

function writeHead(block: Block, b: Uint8Array, at: number): void {
  b[at] = LAYOUT;
  b[at + 1] = block.attention ? ATTENTION : 0;
  putF64(b, at + 2, block.highWater);
  putF64(b, at + 10, block.capFrontier);
  putF64(b, at + 18, block.first);
  putF64(b, at + 26, block.encounterTime);
  putU32(b, at + 34, block.capped);
  putU32(b, at + 38, block.entriesTo - block.entriesFrom);
  putU32(b, at + 42, block.entryCount);
  putU32(b, at + 46, block.mayMeetRr);
  putU32(b, at + 50, block.mayMeetSbp);
  putU32(b, at + 54, block.mayMeetGcs);
}

/** Counts an entry in (1) or out (-1), with the criteria that it might meet. */
export function countEntry(block: Block, mayMeet: number, by: 1 | -1): void {
  block.entryCount += by;
  if ((mayMeet & MAY_MEET_RR) !== 0) block.mayMeetRr += by;
  if ((mayMeet & MAY_MEET_SBP) !== 0) block.mayMeetSbp += by;
  if ((mayMeet & MAY_MEET_GCS) !== 0) block.mayMeetGcs += by;
}

/** Greatest time of a usable vital sign held now; -Infinity when there is none. */
export function newestUsable(block: Block): number {
  for (let end = block.entriesTo; end > block.entriesFrom; ) {
    end = entryBefore(block.bytes, end);
    if (entryUsable(block.bytes, end)) return entryTime(block.bytes, end);
  }
  return Number.NEGATIVE_INFINITY;
}

/** Whether so many different criteria might be met: without that there is no episode to look for. */
export const mayBePositive = (block: Block, positiveAt: number): boolean =>
  Math.min(1, block.mayMeetRr) + Math.min(1, block.mayMeetSbp) + Math.min(1, block.mayMeetGcs) >= positiveAt;

/** The store's codec: the bytes are the state. */
export const patientBytes: Codec<Uint8Array> = {
  name: `patient-window v${LAYOUT}`,
  encode: (state) => state,
  decode: (state) => state,
};
