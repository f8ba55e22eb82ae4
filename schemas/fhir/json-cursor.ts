import type { InternedStrings } from '../codecs/interned-strings.ts';
import type { FieldNames } from './field-names.ts';
import { Holes } from './holes.ts';
import { JsonBytes } from './json-bytes.ts';
import { endOfNumber, numberBetween } from './json-number.ts';
import { endOfString, nextSpecial } from './json-string.ts';

export const QUOTE = 0x22;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
export const OPEN_ARRAY = 0x5b;
export const CLOSE_ARRAY = 0x5d;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const SPACE = 0x20;

/**
 * A forward walk over one JSON text. Before a value is read, `at` stands on its first byte; after it, right behind
 * it. Every method throws InvalidJson where `JSON.parse` would throw a SyntaxError.
 */
export class JsonCursor extends JsonBytes {
  at = 0;
  readonly holes: Holes = new Holes();

  /** The byte at `at`; zero at the end. */
  byte(): number {
    return this.bytes[this.at] as number;
  }

  skipWhitespace(): void {
    const bytes = this.bytes;
    let byte = bytes[this.at] as number;
    while (byte <= SPACE && (byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09)) {
      byte = bytes[++this.at] as number;
    }
  }

  /** Enters the object at `at`: true with `at` on its first key, false behind an empty object. */
  openObject(): boolean {
    return this.open(CLOSE_OBJECT);
  }

  /** Behind a member's value: true with `at` on the next key, false behind the object. */
  nextMember(): boolean {
    return this.next(CLOSE_OBJECT, "',' or '}'");
  }

  /** Enters the array at `at`: true with `at` on its first element, false behind an empty array. */
  openArray(): boolean {
    return this.open(CLOSE_ARRAY);
  }

  /** Behind an element: true with `at` on the next one, false behind the array. */
  nextElement(): boolean {
    return this.next(CLOSE_ARRAY, "',' or ']'");
  }

  /** Reads a key and its colon; `at` is then on the value. The index of the key in `names`, or `UNKNOWN_FIELD`. */
  field(names: FieldNames): number {
    const expected = names.endOfExpected(this.words, this.at);
    if (expected !== 0) {
      this.at = expected;
      if (this.byte() <= SPACE) this.skipWhitespace();
      return names.current();
    }
    if (this.byte() !== QUOTE) this.fail(this.at, 'a key');
    const from = this.at + 1;
    let to = nextSpecial(this.words, from);
    let index: number;
    if (this.bytes[to] === QUOTE) index = names.find(this.bytes, from, to);
    else {
      to = endOfString(this, from);
      index = names.findText(this.decoded(from, to));
    }
    this.at = to + 1;
    this.colon();
    return index;
  }

  /** Reads the string whose opening quote is at `at`. */
  string(): string {
    const from = this.at + 1;
    const to = nextSpecial(this.words, from);
    if (this.bytes[to] === QUOTE) {
      this.at = to + 1;
      return this.ascii(from, to);
    }
    const end = endOfString(this, from);
    this.at = end + 1;
    return this.decoded(from, end);
  }

  /** The same for a string that is likely to have come before. */
  recurringString(strings: InternedStrings): string {
    const from = this.at + 1;
    const to = nextSpecial(this.words, from);
    if (this.bytes[to] !== QUOTE) return this.string();
    this.at = to + 1;
    const known = strings.find(this.words, from, to - from);
    if (known !== undefined) return known;
    return strings.keep(this.ascii(from, to), this.words, from);
  }

  /** Reads the number that starts at `at`. */
  number(): number {
    const from = this.at;
    this.at = endOfNumber(this, from);
    return numberBetween(this, from, this.at);
  }

  private open(close: number): boolean {
    this.at++;
    if (this.byte() <= SPACE) this.skipWhitespace();
    if (this.byte() !== close) return true;
    this.at++;
    return false;
  }

  private next(close: number, expected: string): boolean {
    if (this.byte() <= SPACE) this.skipWhitespace();
    const byte = this.byte();
    if (byte !== COMMA && byte !== close) this.fail(this.at, expected);
    this.at++;
    if (byte === close) return false;
    if (this.byte() <= SPACE) this.skipWhitespace();
    return true;
  }

  private colon(): void {
    if (this.byte() <= SPACE) this.skipWhitespace();
    if (this.byte() !== COLON) this.fail(this.at, "':'");
    this.at++;
    if (this.byte() <= SPACE) this.skipWhitespace();
  }

  /** The rare case: escapes, lone surrogates and text beyond ASCII are what the platform says they are. */
  private decoded(from: number, to: number): string {
    const value: unknown = JSON.parse(this.bytes.toString('utf8', from - 1, to + 1));
    return typeof value === 'string' ? value : this.fail(from, 'a string');
  }
}
