import { CLOSE_OBJECT, type JsonCursor, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from './json-cursor.ts';
import { endOfNumber, startsNumber } from './json-number.ts';
import { endOfString } from './json-string.ts';

/** The closing bytes of the containers that are open, innermost last: depth costs a byte, not a stack frame. */
let closers: Uint8Array = new Uint8Array(1024);

/** Validates the value at `at` and passes over it, however deep it is, making no object for it. */
export function skipValue(json: JsonCursor): void {
  let depth = 0;
  for (;;) {
    const byte = json.byte();
    if (byte === OPEN_OBJECT ? json.openObject() : byte === OPEN_ARRAY && json.openArray()) {
      if (depth === closers.length) closers = grown(closers);
      closers[depth++] = byte + 2;
      if (byte === OPEN_OBJECT) json.skipKey();
      continue;
    }
    if (byte !== OPEN_OBJECT && byte !== OPEN_ARRAY) skipScalar(json, byte);
    for (;;) {
      if (depth === 0) return;
      if (closers[depth - 1] === CLOSE_OBJECT) {
        if (json.nextMember()) {
          json.skipKey();
          break;
        }
      } else if (json.nextElement()) break;
      depth--;
    }
  }
}

function skipScalar(json: JsonCursor, byte: number): void {
  if (byte === QUOTE) json.at = endOfString(json, json.at + 1) + 1;
  else if (byte === 0x74) skipLiteral(json, 'true');
  else if (byte === 0x66) skipLiteral(json, 'false');
  else if (byte === 0x6e) skipLiteral(json, 'null');
  else if (startsNumber(byte)) json.at = endOfNumber(json, json.at);
  else json.fail(json.at, 'a value');
}

function skipLiteral(json: JsonCursor, literal: string): void {
  const bytes = json.bytes;
  for (let index = 0; index < literal.length; index++) {
    if (bytes[json.at + index] !== literal.charCodeAt(index)) json.fail(json.at + index, literal);
  }
  json.at += literal.length;
}

function grown(stack: Uint8Array): Uint8Array {
  const larger = new Uint8Array(stack.length * 2);
  larger.set(stack);
  return larger;
}
