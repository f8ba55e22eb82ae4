/**
 * One Observation of a patient in bytes:
 *
 *   u16 length | u8 flags | i48 time from a base | u8 id length, id | u8 version rank | varint version |
 *   u8 count, count x measurement | text topic | varint partition | varint offset | u16 length again
 *   measurement: u8 kind, with bit 7 "unit assumed" and bit 6 "value is a double" | u8 or f64 value | text code
 *   text: u8 index into a fixed table, or 255 and u8 length and UTF-8
 *
 * The length stands at both ends, so that entries are walked from either. An entry without measurements is a
 * tombstone: it holds the version that says "counts for nothing".
 */

import {
  type ClinicalEvent,
  type Measurement,
  VERSION_RANK_SYMBOLS,
} from '../../schemas/generated/clinical-event.ts';
import { RR, SBP } from '../clinical/criterion.ts';
import { mayBeAltered } from '../clinical/gcs.ts';
import { GCS_UNTESTABLE, MEASUREMENT_KINDS, RESPIRATORY_RATE, SYSTOLIC_BP } from '../clinical/measurement.ts';
import { meets, type Qsofa } from '../clinical/qsofa.ts';
import { compareBytes, f64, i48, putF64, putI48, putU16, putVarint, u16, varint } from './bytes.ts';
import { fingerprintOf } from './fingerprints.ts';
import { idAt, putId } from './packed-id.ts';
import { putTableText, tableText } from './text-table.ts';

export const MAY_MEET_RR = 1;
export const MAY_MEET_SBP = 2;
/** Any row of the scale or of mentation. */
export const MAY_MEET_GCS = 4;
const UUID = 8;
const PRELIMINARY = 16;
const USABLE = 32;
/** All its rows of the scale or of mentation are such that they alter no instant. */
const NORMAL_GCS = 64;
/** What belongs to the content of a version. */
const CONTENT = MAY_MEET_RR | MAY_MEET_SBP | MAY_MEET_GCS | UUID | PRELIMINARY | USABLE;

const TIME = 3;
/** Times are kept as what they lie from here, so that 48 bits reach from the year 1314 to 10214. Epoch ms. */
const TIME_BASE = 120_000_000_000_000;
const ID = 9;

export const entryLength = (b: Uint8Array, at: number): number => u16(b, at);
export const entryTime = (b: Uint8Array, at: number): number => i48(b, at + TIME) + TIME_BASE;
export const entryUsable = (b: Uint8Array, at: number): boolean => ((b[at + 2] as number) & USABLE) !== 0;
/** Where the entry begins that ends at `end`. */
export const entryBefore = (b: Uint8Array, end: number): number => end - u16(b, end - 2);
/** Bits of the criteria that the entry might meet: RR 1, SBP 2, GCS 4. */
export const entryMayMeet = (b: Uint8Array, at: number): number => {
  const flags = b[at + 2] as number;
  return flags & ((flags & NORMAL_GCS) === 0 ? 7 : 3);
};
/** Whether the entry is one of those that the hard cap holds fewer of: abnormal, or any row of the scale. */
export const entryWeighs = (b: Uint8Array, at: number): boolean => ((b[at + 2] as number) & 7) !== 0;

export const entryFingerprint = (b: Uint8Array, at: number): number =>
  fingerprintOf(b, at + ID + 1, at + ID + 1 + (b[at + ID] as number));

export const sameId = (a: Uint8Array, aAt: number, b: Uint8Array, bAt: number): boolean => {
  const length = a[aAt + ID] as number;
  if (length !== b[bAt + ID] || differentForm(a, aAt, b, bAt) !== 0) return false;
  // Ids of one source differ at their end, if anywhere.
  for (let i = aAt + ID + length, j = bAt + ID + length, end = aAt + ID; i > end; i--, j--)
    if (a[i] !== b[j]) return false;
  return true;
};

/** A packed UUID and another id of 16 characters can have the same bytes. */
const differentForm = (a: Uint8Array, aAt: number, b: Uint8Array, bAt: number): number =>
  ((a[aAt + 2] as number) & UUID) - ((b[bAt + 2] as number) & UUID);

/** Entries stand in the order of time, and at one instant in the order of their ids, whatever came first. */
export function compareEntries(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number): number {
  const difference = entryTime(a, aAt) - entryTime(b, bAt);
  if (difference !== 0) return difference;
  const aId = aAt + ID;
  const bId = bAt + ID;
  return (
    compareBytes(a, aId, aId + 1 + (a[aId] as number), b, bId, bId + 1 + (b[bId] as number)) ||
    differentForm(a, aAt, b, bAt)
  );
}

const cursor = { at: 0 };

/**
 * Whether the version at `b` takes the place of the one at `a`, both of one id: a higher rank, then a higher
 * number; on a tie nothing beats something, then the greater content. Arrival and offset never decide.
 */
export function supersedes(b: Uint8Array, bAt: number, a: Uint8Array, aAt: number): boolean {
  const aVersion = aAt + ID + 1 + (a[aAt + ID] as number);
  const bVersion = bAt + ID + 1 + (b[bAt + ID] as number);
  const rank = (b[bVersion] as number) - (a[aVersion] as number);
  if (rank !== 0) return rank > 0;
  cursor.at = aVersion + 1;
  const aNumber = varint(a, cursor);
  const aContent = cursor.at;
  cursor.at = bVersion + 1;
  const bNumber = varint(b, cursor);
  const bContent = cursor.at;
  if (aNumber !== bNumber) return bNumber > aNumber;
  const aEmpty = a[aContent] === 0;
  const bEmpty = b[bContent] === 0;
  if (aEmpty !== bEmpty) return bEmpty;
  return compareContent(b, bAt, bContent, a, aAt, aContent) > 0;
}

function compareContent(
  b: Uint8Array,
  bAt: number,
  bContent: number,
  a: Uint8Array,
  aAt: number,
  aContent: number,
): number {
  const time = entryTime(b, bAt) - entryTime(a, aAt);
  if (time !== 0) return time;
  const flags = ((b[bAt + 2] as number) & CONTENT) - ((a[aAt + 2] as number) & CONTENT);
  return flags !== 0
    ? flags
    : compareBytes(b, bContent, measurementsEnd(b, bContent), a, aContent, measurementsEnd(a, aContent));
}

function measurementsEnd(b: Uint8Array, at: number): number {
  cursor.at = at + 1;
  for (let n = b[at] as number; n > 0; n--) {
    cursor.at += ((b[cursor.at] as number) & 64) === 0 ? 2 : 9;
    tableText(b, cursor);
  }
  return cursor.at;
}

/** Most values of one Observation that are kept: their count is a byte. A panel has a handful. */
const MEASUREMENT_LIMIT = 200;

/** Writes the event as an entry at `at`; returns its length. `time` stands in where the event has none. */
export function putEntry(b: Uint8Array, at: number, event: ClinicalEvent, time: number, rule: Qsofa): number {
  let flags = event.preliminary ? PRELIMINARY : 0;
  putI48(b, at + TIME, time - TIME_BASE);
  const id = putId(b, at + ID, event.resourceId);
  if (id.uuid) flags |= UUID;
  let p = id.end;
  b[p++] = VERSION_RANK_SYMBOLS.indexOf(event.versionRank);
  p = putVarint(b, p, Math.max(0, event.version));
  const { measurements } = event;
  const count = Math.min(measurements.length, MEASUREMENT_LIMIT);
  b[p++] = count;
  let altered = false;
  for (let i = 0; i < count; i++) {
    const { kind, value, unitAssumed, code } = measurements[i] as Measurement;
    const number = MEASUREMENT_KINDS.indexOf(kind);
    if (number === RESPIRATORY_RATE) flags |= meets(rule, RR, value) ? MAY_MEET_RR : 0;
    else if (number === SYSTOLIC_BP) flags |= meets(rule, SBP, value) ? MAY_MEET_SBP : 0;
    else {
      flags |= MAY_MEET_GCS;
      altered ||= mayBeAltered(rule, number, value);
    }
    if (number !== GCS_UNTESTABLE) flags |= USABLE;
    const small = Number.isInteger(value) && value >= 0 && value < 256 && !Object.is(value, -0);
    b[p++] = number | (unitAssumed ? 128 : 0) | (small ? 0 : 64);
    if (small) b[p++] = value;
    else {
      putF64(b, p, value);
      p += 8;
    }
    p = putTableText(b, p, code);
  }
  p = putTableText(b, p, event.origin.topic);
  p = putVarint(b, p, event.origin.partition);
  p = putVarint(b, p, event.origin.offset);
  if (!altered) flags |= NORMAL_GCS;
  b[at + 2] = flags;
  const length = p + 2 - at;
  putU16(b, at, length);
  putU16(b, p, length);
  return length;
}

/** Upper bound of the length of an entry with this many measurements. */
export const entryBound = (measurements: number): number => 512 + measurements * 300;

export interface EntryMeasurement {
  readonly kind: number;
  readonly value: number;
  readonly unitAssumed: boolean;
  readonly code: string;
}

export interface Entry {
  readonly id: string;
  readonly time: number;
  readonly version: number;
  readonly preliminary: boolean;
  readonly measurements: readonly EntryMeasurement[];
  readonly origin: { readonly topic: string; readonly partition: number; readonly offset: number };
}

/** Position of the count of measurements. */
function contentOf(b: Uint8Array, at: number): number {
  cursor.at = at + ID + 1 + (b[at + ID] as number) + 1;
  varint(b, cursor);
  return cursor.at;
}

/** Calls `each` with kind and value of every measurement of the entry, in the order written. */
export function eachMeasurement(
  b: Uint8Array,
  at: number,
  each: (kind: number, value: number) => void,
): void {
  let p = contentOf(b, at);
  for (let n = b[p++] as number; n > 0; n--) {
    const head = b[p++] as number;
    const double = (head & 64) !== 0;
    each(head & 63, double ? f64(b, p) : (b[p] as number));
    cursor.at = p + (double ? 8 : 1);
    if (b[cursor.at] === 255) tableText(b, cursor);
    else cursor.at++;
    p = cursor.at;
  }
}

/** Reads a whole entry: for what is shown, not for the scoring. */
export function readEntry(b: Uint8Array, at: number): Entry {
  const flags = b[at + 2] as number;
  const local = { at: at + ID + 1 + (b[at + ID] as number) + 1 };
  const version = varint(b, local);
  const measurements: EntryMeasurement[] = [];
  for (let n = b[local.at++] as number; n > 0; n--) {
    const head = b[local.at++] as number;
    const double = (head & 64) !== 0;
    const value = double ? f64(b, local.at) : (b[local.at] as number);
    local.at += double ? 8 : 1;
    measurements.push({ kind: head & 63, value, unitAssumed: (head & 128) !== 0, code: tableText(b, local) });
  }
  return {
    id: idAt(b, at + ID, (flags & UUID) !== 0),
    time: entryTime(b, at),
    version,
    preliminary: (flags & PRELIMINARY) !== 0,
    measurements,
    origin: { topic: tableText(b, local), partition: varint(b, local), offset: varint(b, local) },
  };
}
