import type { StreamsError } from '../../topology/model/errors.ts';
import { isInt, isLong } from './long-range.ts';
import { doesNotFit, INT_EXPECTED, LONG_EXPECTED, STRING_EXPECTED } from './misfit.ts';
import { HEADER_LENGTH, writeHeader } from './wire-format.ts';

/** A varint takes ten bytes at most. */
const VARINT = 10;
/** Up to here a loop over the characters is faster than a call into the runtime. */
const SHORT_STRING = 32;
const SLAB = 65_536;

/**
 * Writes Avro's binary encoding after a wire-format header. Records are written one after another into a slab and
 * handed out as views of it: no byte is copied, and none is written again.
 * All methods throw StreamsError `value-does-not-fit`, naming the field they were given.
 */
export class AvroWriter {
  readonly #record: string;
  readonly #id: number;
  #slab: Buffer = Buffer.allocUnsafeSlow(SLAB);
  #view = new DataView(this.#slab.buffer);
  #start = 0;
  #at = 0;
  #item = 0;

  /** @param record name of the record, for errors; @param id of the schema, for the header. */
  constructor(record: string, id: number) {
    this.#record = record;
    this.#id = id;
  }

  /** Starts a record, in the place of one that was not finished. */
  begin(): void {
    this.#at = this.#start;
    this.#reserve(HEADER_LENGTH);
    writeHeader(this.#view, this.#at, this.#id);
    this.#at += HEADER_LENGTH;
  }

  /** The record, header included. */
  finish(): Uint8Array {
    const bytes = this.#slab.subarray(this.#start, this.#at);
    this.#start = this.#at;
    return bytes;
  }

  /** Says which item of an array comes next: it takes the place of `[]` in the name of a field. */
  item(index: number): void {
    this.#item = index;
  }

  long(value: number, field: string): void {
    if (!isLong(value)) throw this.#misfit(field, LONG_EXPECTED, value);
    this.#varint(value);
  }

  int(value: number, field: string): void {
    if (!isInt(value)) throw this.#misfit(field, INT_EXPECTED, value);
    this.#varint(value);
  }

  boolean(value: boolean, field: string): void {
    if (typeof value !== 'boolean') throw this.#misfit(field, 'true or false', value);
    this.#byte(value ? 1 : 0);
  }

  double(value: number, field: string): void {
    if (typeof value !== 'number') throw this.#misfit(field, 'a number', value);
    this.#reserve(8);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  /** The number of a symbol, from a table that is made once; an enum has fewer than 64 symbols here. */
  symbol(value: string, table: ReadonlyMap<string, number>, field: string): void {
    const index = table.get(value);
    if (index === undefined) throw this.#misfit(field, `one of ${[...table.keys()].join(', ')}`, value);
    this.#byte(index << 1);
  }

  /** The branch of `["null", …]`; a value must follow when it is not null. */
  present<T>(value: T | null): value is T {
    this.#byte(value === null ? 0 : 2);
    return value !== null;
  }

  /** A record has no bytes of its own; its fields follow. */
  record(value: object, field: string): void {
    if (typeof value !== 'object' || value === null) throw this.#misfit(field, 'a record', value);
  }

  /** Starts an array: its items follow in one block. An empty one is nothing but its end, which is written here. */
  array(value: readonly unknown[], field: string): void {
    if (!Array.isArray(value)) throw this.#misfit(field, 'an array', value);
    this.#varint(value.length);
  }

  /** Ends an array that has items. */
  endArray(): void {
    this.#byte(0);
  }

  string(value: string, field: string): void {
    if (typeof value !== 'string') throw this.#misfit(field, STRING_EXPECTED, value);
    const length = value.length;
    this.#reserve(VARINT + 3 * length);
    const start = this.#at;
    this.#varint(length);
    if (length <= SHORT_STRING ? this.#ascii(value) : this.#slab.write(value, this.#at) === length) {
      this.#at += length;
      return;
    }
    // Not ASCII: the bytes are more than the characters, so the length before them was wrong.
    if (!value.isWellFormed()) throw this.#misfit(field, STRING_EXPECTED, value);
    this.#at = start;
    this.#varint(Buffer.byteLength(value));
    this.#at += this.#slab.write(value, this.#at);
  }

  #misfit(field: string, expected: string, value: unknown): StreamsError {
    return doesNotFit(this.#record, { path: field.replace('[]', `[${this.#item}]`), expected, value });
  }

  /** Writes the characters as bytes; false when one is none. */
  #ascii(value: string): boolean {
    const view = this.#view;
    const at = this.#at;
    const length = value.length;
    let all = 0;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      view.setUint8(at + i, unit);
      all |= unit;
    }
    return all < 0x80;
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#view.setUint8(this.#at++, value);
  }

  #varint(value: number): void {
    this.#reserve(VARINT);
    const view = this.#view;
    let at = this.#at;
    // Zigzag, with the sign bit put in by hand: twice a large value would not fit a double's 53 bits.
    const magnitude = value < 0 ? -value - 1 : value;
    const sign = value < 0 ? 1 : 0;
    if (magnitude < 64) {
      view.setUint8(at, (magnitude << 1) | sign);
      this.#at = at + 1;
      return;
    }
    view.setUint8(at++, ((magnitude & 63) << 1) | sign | 0x80);
    const high = Math.floor(magnitude / 2 ** 27);
    let low = (magnitude & (2 ** 27 - 1)) >>> 6;
    if (high > 0) {
      for (let i = 0; i < 3; i++, low >>>= 7) view.setUint8(at++, (low & 0x7f) | 0x80);
      low = high;
    }
    for (; low >= 0x80; low >>>= 7) view.setUint8(at++, (low & 0x7f) | 0x80);
    view.setUint8(at++, low);
    this.#at = at;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes > this.#slab.length) this.#nextSlab(bytes);
  }

  /** Goes on in a new slab, with what is written of the record. */
  #nextSlab(bytes: number): void {
    const written = this.#slab.subarray(this.#start, this.#at);
    this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB, 2 * (written.length + bytes)));
    this.#slab.set(written);
    this.#view = new DataView(this.#slab.buffer);
    this.#start = 0;
    this.#at = written.length;
  }
}
