import type { JsonBytes } from './json-bytes.ts';
import { endOfString, plainBefore, specialsIn } from './json-string.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;

const ESCAPES = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
/** What a simple escape stands for, by the byte behind the backslash; zero: not a simple one. */
const MEANINGS: Uint8Array = new Uint8Array(256);
for (const [escape, meaning] of Object.entries(ESCAPES))
  MEANINGS[escape.charCodeAt(0)] = meaning.charCodeAt(0);

/**
 * Validates the string whose opening quote is before `from`, writes its value as the text of `target`, and returns the
 * offset of the closing quote: so the resource in an envelope is taken out of its string in the same walk.
 * @throws InvalidJson
 */
export function unescapeInto(target: JsonBytes, source: JsonBytes, from: number): number {
  // No value is longer than its string.
  target.reserve(source.end - from);
  const { bytes, words } = source;
  const { bytes: written, words: writtenWords } = target;
  let offset = from;
  let length = 0;
  for (;;) {
    // Four bytes are written whatever they are; those from the first special one on are written over.
    const word = words.getInt32(offset, true);
    writtenWords.setInt32(length, word, true);
    const specials = specialsIn(word);
    if (specials === 0) {
      offset += 4;
      length += 4;
      continue;
    }
    const plain = plainBefore(specials);
    offset += plain;
    length += plain;
    const byte = bytes[offset] as number;
    if (byte === QUOTE) {
      target.begin(length);
      return offset;
    }
    if (byte === BACKSLASH) {
      const escape = bytes[offset + 1] as number;
      const meaning = MEANINGS[escape] as number;
      const unit = meaning === 0 ? asciiUnit(bytes, offset) : meaning;
      if (unit < 0) return decodeInto(target, source, from);
      written[length++] = unit;
      offset += meaning === 0 ? 6 : 2;
    } else if (byte >= 0x80) {
      source.nonAscii = true;
      written[length++] = byte;
      offset++;
    } else return decodeInto(target, source, from);
  }
}

const HEX_VALUES: Int8Array = new Int8Array(256).fill(-1);
for (const digit of '0123456789abcdefABCDEF') HEX_VALUES[digit.charCodeAt(0)] = Number.parseInt(digit, 16);

/** What `\u00xx` at `offset` stands for when it is below 0x80, else -1. Some JSON writers write every quote so. */
function asciiUnit(bytes: Uint8Array, offset: number): number {
  if (bytes[offset + 1] !== 0x75 || bytes[offset + 2] !== ZERO || bytes[offset + 3] !== ZERO) return -1;
  const high = HEX_VALUES[bytes[offset + 4] as number] as number;
  const low = HEX_VALUES[bytes[offset + 5] as number] as number;
  return high < 0 || high > 7 || low < 0 ? -1 : high * 16 + low;
}

/**
 * The rare case: escapes beyond ASCII, or a string that is broken. A lone surrogate has no UTF-8; inside a string of
 * the enclosed text its escape means the same, and anywhere else, as behind a backslash, both are errors.
 */
function decodeInto(target: JsonBytes, source: JsonBytes, from: number): number {
  const end = endOfString(source, from);
  const text = String(JSON.parse(source.bytes.toString('utf8', from - 1, end + 1)));
  const isWhole = text.isWellFormed();
  target.load(Buffer.from(isWhole ? text : text.replace(/\\[^]|\p{Surrogate}/gu, escapedSurrogate)));
  return end;
}

const escapedSurrogate = (match: string): string =>
  match.startsWith('\\') ? match : `\\u${match.charCodeAt(0).toString(16)}`;
