import { IN_STRING, isArrayAt, isObjectAt, skipSpace, valueEnd } from './json-spans.ts';

/** One JSON text on each line, or one JSON text over many lines. */
export type InputKind = 'lines' | 'document';

/** What follows it in the same text may be a whole object: an element or a member's value. */
const AWAITS_VALUE: ReadonlySet<number | undefined> = new Set([0x5b, 0x2c, 0x3a]);

/**
 * Tells from the first lines that are not blank (three are enough) whether an input is NDJSON, maybe with a broken
 * line, or one document; undefined: a further line is needed, and `ended` says that there is none.
 */
export function inputKind(heads: readonly Buffer[], ended: boolean): InputKind | undefined {
  const [first, second, third] = heads;
  if (first === undefined) return ended ? 'lines' : undefined;
  const end = endOf(first);
  // No JSON text has a line break inside a string, so a line that stops there was cut off.
  if (end === 'complete' || end === 'in-string' || end === 'other') return 'lines';
  if (second === undefined) return ended ? 'document' : undefined;
  const secondEnd = endOf(second);
  const opensObject = isObjectAt(second, skipSpace(second, 0, second.length));
  if (!opensObject) return 'document';
  if (!AWAITS_VALUE.has(lastByte(first))) return 'lines';
  if (secondEnd !== 'complete') return 'document';
  // `{"entry":[` and then a whole object: a Bundle with an entry on each line, or a line that was cut off just there.
  if (third === undefined) return ended ? 'lines' : undefined;
  return isObjectAt(third, skipSpace(third, 0, third.length)) ? 'lines' : 'document';
}

function endOf(line: Buffer): 'complete' | 'in-string' | 'open' | 'other' {
  const at = skipSpace(line, 0, line.length);
  if (!isObjectAt(line, at) && !isArrayAt(line, at)) return 'other';
  const end = valueEnd(line, at, line.length);
  if (end >= 0) return skipSpace(line, end, line.length) === line.length ? 'complete' : 'other';
  return end === IN_STRING ? 'in-string' : 'open';
}

function lastByte(line: Buffer): number | undefined {
  let at = line.length - 1;
  while (at >= 0 && skipSpace(line, at, at + 1) > at) at--;
  return line[at];
}

/** True for a line of nothing but white space. */
export const isBlank = (line: Buffer): boolean => skipSpace(line, 0, line.length) === line.length;
