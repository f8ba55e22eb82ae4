import type { JsonBytes } from './json-bytes.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** What may follow a backslash, besides `u`. */
const SIMPLE_ESCAPES: Uint8Array = new Uint8Array(256);
for (const character of '"\\/bfnrt') SIMPLE_ESCAPES[character.charCodeAt(0)] = 1;

const HEX_DIGITS: Uint8Array = new Uint8Array(256);
for (const character of '0123456789abcdefABCDEF') HEX_DIGITS[character.charCodeAt(0)] = 1;

/**
 * Marks in a little-endian word of four bytes those that are not plain inside a string: a quote, a backslash, a
 * control character, and 0x80 and more. The lowest top bit that is set is that of the first such byte. Of a byte below
 * 0x80, subtracting one sets the top bit only when it was zero; a borrow can only mark bytes above a true one.
 */
export function specialsIn(word: number): number {
  const quote = (word ^ 0x22222222) - 0x01010101;
  const backslash = (word ^ 0x5c5c5c5c) - 0x01010101;
  const control = word - 0x20202020;
  return (quote | backslash | control | word) & 0x80808080;
}

/** How many plain bytes a word with these marks, of which there must be one, starts with. */
export const plainBefore = (specials: number): number => (31 - Math.clz32(specials & -specials)) >> 3;

/**
 * The offset of the next byte from `from` on that is not plain inside a string. The two functions above are written
 * out here: this is the innermost loop, and the compiler's budget for inlining is spent before it gets this deep.
 */
export function nextSpecial(words: DataView, from: number): number {
  let offset = from;
  for (;;) {
    const word = words.getInt32(offset, true);
    const quote = (word ^ 0x22222222) - 0x01010101;
    const backslash = (word ^ 0x5c5c5c5c) - 0x01010101;
    const control = word - 0x20202020;
    const specials = (quote | backslash | control | word) & 0x80808080;
    if (specials !== 0) return offset + ((31 - Math.clz32(specials & -specials)) >> 3);
    offset += 4;
  }
}

/**
 * Validates a string from just behind its opening quote and returns the offset of its closing quote.
 * @throws InvalidJson
 */
export function endOfString(json: JsonBytes, from: number): number {
  const bytes = json.bytes;
  let offset = nextSpecial(json.words, from);
  for (;;) {
    const byte = bytes[offset] as number;
    if (byte === QUOTE) return offset;
    if (byte === BACKSLASH) offset = nextSpecial(json.words, endOfEscape(json, offset));
    else if (byte >= 0x80) {
      json.nonAscii = true;
      do offset++;
      while ((bytes[offset] as number) >= 0x80);
      offset = nextSpecial(json.words, offset);
    } else json.fail(offset, 'a closing quote (control characters must be escaped)');
  }
}

function endOfEscape(json: JsonBytes, backslash: number): number {
  const bytes = json.bytes;
  const escape = bytes[backslash + 1] as number;
  if (SIMPLE_ESCAPES[escape] === 1) return backslash + 2;
  if (escape !== 0x75) json.fail(backslash + 1, 'an escape character');
  for (let offset = backslash + 2; offset < backslash + 6; offset++) {
    if (HEX_DIGITS[bytes[offset] as number] !== 1) json.fail(offset, 'a hexadecimal digit');
  }
  return backslash + 6;
}
