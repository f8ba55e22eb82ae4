import { StreamsError } from '../../topology/model/errors.ts';
import type { InternedStrings } from './interned-strings.ts';
import { LONG_MAX, LONG_MIN } from './long-range.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads Avro's binary encoding and trusts nothing: every length, count, index and character is checked.
 * All methods throw StreamsError `avro-unreadable` and name the byte, never the content. One reader serves many
 * records, one after another.
 */
export class AvroReader {
  // Records of a batch are views of one buffer: what is needed to read it is made once per buffer.
  #memory: ArrayBufferLike = new ArrayBuffer(0);
  #bytes: Buffer = Buffer.from(this.#memory);
  #view = new DataView(this.#memory);
  #start = 0;
  #at = 0;
  #end = 0;

  /** Starts on a record, at the first byte of its Avro value. */
  begin(record: Uint8Array, at: number): void {
    if (record.buffer !== this.#memory) {
      this.#memory = record.buffer;
      this.#bytes = Buffer.from(record.buffer);
      this.#view = new DataView(record.buffer);
    }
    this.#start = record.byteOffset;
    this.#at = record.byteOffset + at;
    this.#end = record.byteOffset + record.length;
  }

  /** Refuses bytes after the value. */
  end(): void {
    if (this.#at !== this.#end) throw this.#fault(`has ${this.#end - this.#at} bytes after its end`);
  }

  long(): number {
    const view = this.#view;
    let at = this.#at;
    if (at >= this.#end) throw this.#fault('is cut off');
    let byte = view.getUint8(at++);
    if (byte < 0x80) {
      this.#at = at;
      return (byte >>> 1) ^ -(byte & 1);
    }
    let low = byte & 0x7f;
    for (let shift = 7; byte >= 0x80 && shift < 28; shift += 7) {
      if (at >= this.#end) throw this.#fault('is cut off');
      byte = view.getUint8(at++);
      low |= (byte & 0x7f) << shift;
    }
    if (byte < 0x80) {
      this.#at = at;
      return (low >>> 1) ^ -(low & 1);
    }
    return this.#largeLong(at, low);
  }

  /** Beyond 28 bits in doubles; the sign bit stays apart, because with it the sum would need 54 bits. */
  #largeLong(from: number, low: number): number {
    let at = from;
    let byte = 0x80;
    let high = 0;
    for (let scale = 1; byte >= 0x80; scale *= 128) {
      if (at >= this.#end) throw this.#fault('is cut off');
      if (scale > 2 ** 35) throw this.#fault('has a number of more than ten bytes');
      byte = this.#view.getUint8(at++);
      high += (byte & 0x7f) * scale;
    }
    this.#at = at;
    const magnitude = high * 2 ** 27 + (low >>> 1);
    const value = (low & 1) === 0 ? magnitude : -magnitude - 1;
    if (value < LONG_MIN || value > LONG_MAX) throw this.#fault('has a long that a double cannot hold');
    return value;
  }

  int(): number {
    const value = this.long();
    if ((value | 0) !== value) throw this.#fault('has an int of more than 32 bits');
    return value;
  }

  boolean(): boolean {
    const byte = this.#view.getUint8(this.#skip(1));
    if (byte > 1) throw this.#fault('has a boolean that is neither 0 nor 1');
    return byte === 1;
  }

  double(): number {
    return this.#view.getFloat64(this.#skip(8), true);
  }

  /** One of the first `count` numbers: the branch of a union, the symbol of an enum. */
  index(count: number): number {
    const value = this.long();
    if (value < 0 || value >= count) throw this.#fault(`chooses number ${value} of ${count}`);
    return value;
  }

  /** A symbol of an enum. */
  symbol<S>(symbols: readonly S[]): S {
    const symbol = symbols[this.index(symbols.length)];
    if (symbol === undefined) throw this.#fault('has a symbol that is missing from its enum');
    return symbol;
  }

  /** The branch of `["null", …]`: true when a value follows. */
  present(): boolean {
    return this.index(2) === 1;
  }

  string(): string {
    const start = this.#skip(this.#length());
    return this.#isAscii(start) ? this.#bytes.toString('latin1', start, this.#at) : this.#unicode(start);
  }

  /** A string that is likely to have come before. */
  interned(strings: InternedStrings): string {
    const start = this.#skip(this.#length());
    const known = strings.find(this.#view, start, this.#at - start);
    if (known !== undefined) return known;
    if (!this.#isAscii(start)) return this.#unicode(start);
    return strings.keep(this.#bytes.toString('latin1', start, this.#at), this.#view, start);
  }

  /** Passes over a string, checking it. */
  skipString(): void {
    const start = this.#skip(this.#length());
    if (!this.#isAscii(start)) this.#unicode(start);
  }

  /** Passes over bytes whose length comes before them. */
  skipBytes(): void {
    this.#skip(this.#length());
  }

  /** Passes over `length` bytes. */
  skipFixed(length: number): void {
    this.#skip(length);
  }

  /** Number of items in the next block of an array or a map; 0 ends it. */
  block(): number {
    const count = this.long();
    // A negative count is followed by the size of the block in bytes, which nobody needs who reads the items.
    if (count < 0) this.#length();
    // An item takes at least a byte: a larger count is damage, and must not make anyone allocate.
    return this.#fits(Math.abs(count));
  }

  #length(): number {
    return this.#fits(this.long());
  }

  #fits(length: number): number {
    if (length < 0) throw this.#fault('has a negative length');
    if (length > this.#end - this.#at) throw this.#fault('is cut off');
    return length;
  }

  /** Passes over bytes and says where they start. */
  #skip(length: number): number {
    const start = this.#at;
    if (length > this.#end - start) throw this.#fault('is cut off');
    this.#at = start + length;
    return start;
  }

  #isAscii(start: number): boolean {
    const view = this.#view;
    const end = this.#at;
    let all = 0;
    let at = start;
    for (; at + 4 <= end; at += 4) all |= view.getInt32(at);
    for (; at < end; at++) all |= view.getUint8(at);
    return (all & 0x80808080) === 0;
  }

  #unicode(start: number): string {
    try {
      return utf8.decode(this.#bytes.subarray(start, this.#at));
    } catch (cause) {
      throw this.#fault('has a string that is not UTF-8', cause);
    }
  }

  #fault(what: string, cause?: unknown): StreamsError {
    return new StreamsError(
      'avro-unreadable',
      `The Avro value ${what}, at byte ${this.#at - this.#start}.`,
      cause,
    );
  }
}
