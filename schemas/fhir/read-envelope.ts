import type { JsonBytes } from './json-bytes.ts';
import { endOfString } from './json-string.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;

/** What a simple escape stands for, by the byte behind the backslash; zero: not a simple one. */
const MEANINGS: Uint8Array = new Uint8Array(256);
for (const [escape, meaning] of Object.entries({
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
})) {
  MEANINGS[escape.charCodeAt(0)] = meaning.charCodeAt(0);
}

let scratch: Uint8Array = new Uint8Array(16 * 1024);

/**
 * The text of the validated string whose opening quote is at `quoteAt`, as UTF-8: the resource in an envelope's
 * ResourceJson. The result is a view that the next call overwrites.
 */
export function enclosedText(json: JsonBytes, quoteAt: number): Uint8Array {
  if (scratch.length < json.end) scratch = new Uint8Array(json.end * 2);
  const source = json.bytes;
  const target = scratch;
  let length = 0;
  for (let offset = quoteAt + 1; ; offset++) {
    const byte = source[offset] as number;
    if (byte === QUOTE) return target.subarray(0, length);
    if (byte !== BACKSLASH) {
      target[length++] = byte;
      continue;
    }
    offset++;
    const meaning = MEANINGS[source[offset] as number] as number;
    if (meaning !== 0) {
      target[length++] = meaning;
      continue;
    }
    // Some JSON writers write every quote as \u0022.
    const isAscii = source[offset + 1] === ZERO && source[offset + 2] === ZERO;
    const unit = hexDigit(source[offset + 3] as number) * 16 + hexDigit(source[offset + 4] as number);
    if (!isAscii || unit >= 0x80) return decodedText(json, quoteAt);
    target[length++] = unit;
    offset += 4;
  }
}

/** `0`–`9` have their value in the low four bits, letters of either case one to six. */
const hexDigit = (byte: number): number => (byte & 0x0f) + (byte > 0x39 ? 9 : 0);

/**
 * The rare case: escapes beyond ASCII. A lone surrogate has no UTF-8; inside a string of the enclosed text its escape
 * means the same, and anywhere else, as behind a backslash, both are errors.
 */
function decodedText(json: JsonBytes, quoteAt: number): Uint8Array {
  const end = endOfString(json, quoteAt + 1) + 1;
  const text = String(JSON.parse(json.bytes.toString('utf8', quoteAt, end)));
  if (text.isWellFormed()) return Buffer.from(text);
  const escaped = text.replace(/\\[^]|\p{Surrogate}/gu, (match) =>
    match.startsWith('\\') ? match : `\\u${match.charCodeAt(0).toString(16)}`,
  );
  return Buffer.from(escaped);
}
