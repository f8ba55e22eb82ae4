/**
 * What a patient's state holds behind its entries: three runs of bytes, each with its length before it. They seldom
 * change, so they are read where they lie and go from state to state in one piece.
 */
import { putU32, u32 } from './bytes.ts';

export interface Tail {
  /** The tail is a range of these bytes. */
  tail: Uint8Array;
  tailFrom: number;
  tailTo: number;
}

/** Newest reference to an encounter, UTF-8. */
export const ENCOUNTER = 0;
/** The settled part of an open episode, JSON. */
export const FROZEN = 1;
/** Context facts, JSON. */
export const CONTEXT = 2;
export type Section = typeof ENCOUNTER | typeof FROZEN | typeof CONTEXT;

const SECTIONS = 3;
const LENGTH = 4;
const NOTHING = new Uint8Array(0);

/** The tail of a state that holds nothing. */
export const EMPTY_TAIL: Uint8Array = new Uint8Array(SECTIONS * LENGTH);

function startOf({ tail, tailFrom }: Tail, section: Section): number {
  let at = tailFrom;
  for (let i = 0; i < section; i++) at += LENGTH + u32(tail, at);
  return at + LENGTH;
}

const lengthAt = ({ tail }: Tail, start: number): number => u32(tail, start - LENGTH);

export const sectionLength = (of: Tail, section: Section): number => lengthAt(of, startOf(of, section));

/** A view of one section, good as long as the tail is. */
export function sectionOf(of: Tail, section: Section): Uint8Array {
  const start = startOf(of, section);
  const length = lengthAt(of, start);
  return length === 0 ? NOTHING : of.tail.subarray(start, start + length);
}

/** Whether a section is this text, as far as that shows without encoding it: ASCII. */
export function sectionSpells(of: Tail, section: Section, text: string): boolean {
  const start = startOf(of, section);
  if (lengthAt(of, start) !== text.length) return false;
  for (let i = 0; i < text.length; i++) {
    const byte = of.tail[start + i] as number;
    if (byte >= 0x80 || byte !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** Puts other bytes in the place of a section: the tail is written anew. */
export function setSection(of: Tail, section: Section, bytes: Uint8Array): void {
  const start = startOf(of, section);
  const end = start + lengthAt(of, start);
  if (start === end && bytes.length === 0) return;
  const tail = new Uint8Array(of.tailTo - of.tailFrom - (end - start) + bytes.length);
  tail.set(of.tail.subarray(of.tailFrom, start));
  putU32(tail, start - LENGTH - of.tailFrom, bytes.length);
  tail.set(bytes, start - of.tailFrom);
  tail.set(of.tail.subarray(end, of.tailTo), start - of.tailFrom + bytes.length);
  of.tail = tail;
  of.tailFrom = 0;
  of.tailTo = tail.length;
}
