import { SKIPPED } from './holes.ts';
import {
  CLOSE_OBJECT,
  COLON,
  COMMA,
  type JsonCursor,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  SPACE,
} from './json-cursor.ts';
import { endOfNumber, startsNumber } from './json-number.ts';
import { endOfString, nextSpecial } from './json-string.ts';

/** The closing bytes of the containers that are open, innermost last: depth costs a byte, not a stack frame. */
let closers: Uint8Array = new Uint8Array(1024);

/** Validates the value at `at` and passes over it, however deep it is, making no object for it. */
export function skipValue(json: JsonCursor): void {
  const { bytes, holes, words } = json;
  let at = json.at;
  let depth = 0;
  for (;;) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      const from = at;
      at = nextSpecial(words, at + 1);
      // Once more from the special byte, with escapes and text beyond ASCII in mind.
      if (bytes[at] !== QUOTE) at = endOfString(json, at);
      at++;
      if (holes.open) holes.add(from, at, SKIPPED);
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      // In ASCII both closing brackets stand two places behind the opening ones.
      const closer = byte + 2;
      at = afterWhitespace(bytes, at + 1);
      if (bytes[at] !== closer) {
        if (depth === closers.length) closers = grown(closers);
        closers[depth++] = closer;
        if (closer === CLOSE_OBJECT) at = endOfKey(json, at);
        continue;
      }
      at++;
    } else at = endOfScalar(json, at, byte);
    // A value has ended: close what ends with it, up to the next value.
    for (;;) {
      if (depth === 0) {
        json.at = at;
        return;
      }
      const closer = closers[depth - 1] as number;
      at = afterWhitespace(bytes, at);
      const next = bytes[at];
      if (next === COMMA) {
        at = afterWhitespace(bytes, at + 1);
        if (closer === CLOSE_OBJECT) at = endOfKey(json, at);
        break;
      }
      if (next !== closer) json.fail(at, closer === CLOSE_OBJECT ? "',' or '}'" : "',' or ']'");
      at++;
      depth--;
    }
  }
}

function afterWhitespace(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    const byte = bytes[at] as number;
    if (byte > SPACE || (byte !== SPACE && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) return at;
    at++;
  }
}

/** Behind the key at `from`, its colon and the white space around it. */
function endOfKey(json: JsonCursor, from: number): number {
  const { bytes, words } = json;
  if (bytes[from] !== QUOTE) json.fail(from, 'a key');
  let quote = nextSpecial(words, from + 1);
  if (bytes[quote] !== QUOTE) quote = endOfString(json, quote);
  const colon = afterWhitespace(bytes, quote + 1);
  if (bytes[colon] !== COLON) json.fail(colon, "':'");
  return afterWhitespace(bytes, colon + 1);
}

function endOfScalar(json: JsonCursor, at: number, byte: number): number {
  if (startsNumber(byte)) return endOfNumber(json, at);
  if (byte === 0x74) return endOfLiteral(json, at, 'true');
  if (byte === 0x66) return endOfLiteral(json, at, 'false');
  if (byte === 0x6e) return endOfLiteral(json, at, 'null');
  return json.fail(at, 'a value');
}

function endOfLiteral(json: JsonCursor, at: number, literal: string): number {
  const bytes = json.bytes;
  for (let index = 0; index < literal.length; index++) {
    if (bytes[at + index] !== literal.charCodeAt(index)) json.fail(at + index, literal);
  }
  return at + literal.length;
}

function grown(stack: Uint8Array): Uint8Array {
  const larger = new Uint8Array(stack.length * 2);
  larger.set(stack);
  return larger;
}
