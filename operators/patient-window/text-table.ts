/**
 * Texts that nearly every entry holds, by number. The table is part of the state layout: append, never reorder.
 * Index 255 is followed by length and UTF-8 of a text that is not in the table.
 */
const TABLE: readonly string[] = [
  '',
  'fhir.observation.vitals',
  'fhir.observation.labs',
  'fhir.encounter',
  'fhir.medicationrequest',
  '9279-1',
  '8480-6',
  '76534-7',
  '76215-3',
  '8459-0',
  '8461-6',
  '8460-8',
  '9269-2',
  '35088-4',
  '9267-6',
  '9268-4',
  '9270-0',
  '55285-1',
  '80288-4',
  '130987000',
];
const INDEX = new Map(TABLE.map((text, i) => [text, i]));
const OTHER = 255;
/** Longest text kept whole, in bytes. */
const LIMIT = 250;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Writes a text; returns the position behind it. */
export function putTableText(b: Uint8Array, at: number, text: string): number {
  const index = INDEX.get(text);
  if (index !== undefined) {
    b[at] = index;
    return at + 1;
  }
  const { written } = encoder.encodeInto(text, b.subarray(at + 2, at + 2 + LIMIT));
  b[at] = OTHER;
  b[at + 1] = written;
  return at + 2 + written;
}

/** Reads what `putTableText` wrote; `cursor.at` moves behind it. */
export function tableText(b: Uint8Array, cursor: { at: number }): string {
  const index = b[cursor.at++] as number;
  if (index !== OTHER) return TABLE[index] ?? '';
  const length = b[cursor.at++] as number;
  cursor.at += length;
  return decoder.decode(b.subarray(cursor.at - length, cursor.at));
}
