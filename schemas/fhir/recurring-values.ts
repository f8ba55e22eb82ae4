import type { FhirCursor } from './fhir-cursor.ts';
import { PADDING } from './json-bytes.ts';
import { COMMA, OPEN_ARRAY, OPEN_OBJECT } from './json-cursor.ts';

const SLOTS = 1024;
/** In bytes; longer values are not remembered. The padding of JsonBytes makes it safe to look this far ahead. */
const LONGEST_RECURRING = PADDING;

/**
 * Objects and arrays that come again byte for byte, as codes and categories do, with what was read from them. A whole
 * JSON object or array shows its own end, and so does the rest of an object from a comma on, so equal bytes from the
 * start on are an equal value: it need not be walked again, and the same result serves. Bounded: a newer value takes
 * the place of an older one with the same hash.
 */
export class RecurringValues<T> {
  private readonly texts: Uint8Array = new Uint8Array(SLOTS * LONGEST_RECURRING);
  private readonly textWords: DataView = new DataView(this.texts.buffer);
  private readonly lengths: Uint16Array = new Uint16Array(SLOTS);
  private readonly missed: Int32Array = new Int32Array(SLOTS);
  private readonly results: (T | undefined)[] = new Array<T | undefined>(SLOTS).fill(undefined);

  /** The result of `read` for the value at `at`, which is read only when these bytes are not remembered. */
  read(json: FhirCursor, read: (json: FhirCursor) => T): T {
    const from = json.at;
    const hash = hashOf(json.words, from);
    const slot = hash & (SLOTS - 1);
    const length = this.lengths[slot] as number;
    if (length !== 0 && this.standsAt(json.words, from, slot, length)) {
      json.at = from + length;
      return this.results[slot] as T;
    }
    // What comes once is not worth its copy: remember only what is missed twice in a row in this slot.
    if (this.missed[slot] === hash) return this.readAndRemember(json, slot, read);
    this.missed[slot] = hash;
    return read(json);
  }

  private readAndRemember(json: FhirCursor, slot: number, read: (json: FhirCursor) => T): T {
    const from = json.at;
    const opening = json.byte();
    const { wrongType, nonAscii } = json;
    json.wrongType = false;
    json.nonAscii = false;
    const result = read(json);
    const length = json.at - from;
    const isWhole = opening === OPEN_OBJECT || opening === OPEN_ARRAY || opening === COMMA;
    // A fault and a byte beyond ASCII have to be noted each time, so such values are read each time.
    if (isWhole && length <= LONGEST_RECURRING && !json.wrongType && !json.nonAscii) {
      this.texts.set(json.bytes.subarray(from, json.at), slot * LONGEST_RECURRING);
      this.lengths[slot] = length;
      this.results[slot] = result;
    }
    json.wrongType ||= wrongType;
    json.nonAscii ||= nonAscii;
    return result;
  }

  private standsAt(words: DataView, at: number, slot: number, length: number): boolean {
    const start = slot * LONGEST_RECURRING;
    const whole = length & ~3;
    const texts = this.textWords;
    for (let offset = 0; offset < whole; offset += 4) {
      if (words.getInt32(at + offset, true) !== texts.getInt32(start + offset, true)) return false;
    }
    for (let offset = whole; offset < length; offset++) {
      if (words.getUint8(at + offset) !== texts.getUint8(start + offset)) return false;
    }
    return true;
  }
}

/** A hash of the bytes up to the first closing brace: of a CodeableConcept, up to the end of its first coding. */
function hashOf(words: DataView, at: number): number {
  let hash = 0;
  for (let offset = 0; offset < LONGEST_RECURRING; offset += 4) {
    const word = words.getInt32(at + offset, true);
    const brace = word ^ 0x7d7d7d7d;
    const flags = (brace - 0x01010101) & ~brace & 0x80808080;
    if (flags !== 0) {
      hash = Math.imul(hash ^ (word & ((flags & -flags) - 1)), 0x9e3779b1);
      break;
    }
    hash = Math.imul(hash ^ word, 0x9e3779b1);
  }
  return hash ^ (hash >>> 15);
}
