/** Longer strings do not repeat, and comparing them would cost more than it saves. */
const MAX_LENGTH = 64;
/** How many strings of the same place are held: two that meet there must not drive each other out for ever. */
const WAYS = 4;

/**
 * A bounded cache from bytes to the string they spell: a patient, a code or a topic that comes again is the same
 * string object, made once, and its hash with it. Strings that fall into one place take turns. ASCII only, so that a
 * character is a byte.
 */
export class InternedStrings {
  readonly #texts: string[];
  readonly #hashes: Int32Array;
  readonly #bytes: DataView;
  readonly #mask: number;
  readonly #kept: (text: string) => string;
  #turn = 0;

  /**
   * @param slots a power of two; at most that many strings are held.
   * @param kept what is held of a string that is new: one with the same text.
   */
  constructor(slots: number, kept: (text: string) => string = (text) => text) {
    this.#kept = kept;
    this.#texts = new Array<string>(slots).fill('');
    this.#hashes = new Int32Array(slots);
    this.#bytes = new DataView(new ArrayBuffer(slots * MAX_LENGTH));
    this.#mask = slots - WAYS;
  }

  /** The string that is exactly these bytes; undefined when it is not held. */
  find(view: DataView, start: number, length: number): string | undefined {
    if (length > MAX_LENGTH) return undefined;
    const hash = hashOf(view, start, length);
    const first = hash & this.#mask;
    for (let slot = first; slot < first + WAYS; slot++) {
      if (this.#hashes[slot] !== hash) continue;
      const text = this.#texts[slot] as string;
      if (text.length === length && this.#holds(slot, view, start, length)) return text;
    }
    return undefined;
  }

  /** Keeps an ASCII string with its bytes; the string to go on with. */
  keep(made: string, view: DataView, start: number): string {
    const length = made.length;
    if (length > MAX_LENGTH) return made;
    const text = this.#kept(made);
    const hash = hashOf(view, start, length);
    const slot = this.#placeIn(hash & this.#mask);
    this.#hashes[slot] = hash;
    this.#texts[slot] = text;
    for (let i = 0; i < length; i++) this.#bytes.setUint8(slot * MAX_LENGTH + i, view.getUint8(start + i));
    return text;
  }

  /** A free slot, else the next one's turn has come. */
  #placeIn(first: number): number {
    for (let slot = first; slot < first + WAYS; slot++) if (this.#texts[slot] === '') return slot;
    return first + (this.#turn++ & (WAYS - 1));
  }

  #holds(slot: number, view: DataView, start: number, length: number): boolean {
    const bytes = this.#bytes;
    const kept = slot * MAX_LENGTH;
    if (length < 4) {
      for (let i = 0; i < length; i++)
        if (view.getUint8(start + i) !== bytes.getUint8(kept + i)) return false;
      return true;
    }
    // The last word overlaps the one before it: no byte is looked at alone.
    const last = length - 4;
    for (let i = 0; i < last; i += 4) if (view.getInt32(start + i) !== bytes.getInt32(kept + i)) return false;
    return view.getInt32(start + last) === bytes.getInt32(kept + last);
  }
}

function hashOf(view: DataView, start: number, length: number): number {
  let hash = length;
  if (length < 4) {
    for (let at = start; at < start + length; at++) hash = Math.imul(hash ^ view.getUint8(at), 0x9e3779b1);
  } else {
    const last = start + length - 4;
    for (let at = start; at < last; at += 4) {
      hash = Math.imul(hash ^ view.getInt32(at), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash ^ view.getInt32(last), 0x9e3779b1);
  }
  // The upper bits are the well mixed ones, and the lower ones choose the place.
  return hash ^ (hash >>> 13) ^ (hash >>> 22);
}
