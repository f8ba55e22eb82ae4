/** Longer strings do not repeat, and comparing them would cost more than it saves. */
const MAX_LENGTH = 128;

/**
 * A bounded cache from bytes to the string they spell: a patient, a code or a topic that comes again is the same
 * string object, made once. Direct-mapped: a slot holds the last string that fell into it. ASCII only, so that a
 * character is a byte.
 */
export class InternedStrings {
  readonly #texts: string[];
  readonly #bytes: DataView;
  readonly #mask: number;

  /** @param slots a power of two; at most that many strings are held. */
  constructor(slots: number) {
    this.#texts = new Array<string>(slots).fill('');
    this.#bytes = new DataView(new ArrayBuffer(slots * MAX_LENGTH));
    this.#mask = slots - 1;
  }

  /** The string that is exactly these bytes; undefined when it is not held. */
  find(view: DataView, start: number, length: number): string | undefined {
    const slot = this.#slotOf(view, start, length);
    const text = this.#texts[slot] ?? '';
    if (text.length !== length) return undefined;
    const bytes = this.#bytes;
    const end = start + length;
    let at = start;
    let kept = slot * MAX_LENGTH;
    for (; at + 4 <= end; at += 4, kept += 4)
      if (view.getInt32(at) !== bytes.getInt32(kept)) return undefined;
    for (; at < end; at++, kept++) if (view.getUint8(at) !== bytes.getUint8(kept)) return undefined;
    return text;
  }

  /** Keeps an ASCII string with its bytes. */
  keep(text: string, view: DataView, start: number): void {
    const length = text.length;
    if (length > MAX_LENGTH) return;
    const slot = this.#slotOf(view, start, length);
    this.#texts[slot] = text;
    for (let i = 0; i < length; i++) this.#bytes.setUint8(slot * MAX_LENGTH + i, view.getUint8(start + i));
  }

  /** References of one server differ at their end, so the last eight bytes and the length decide. */
  #slotOf(view: DataView, start: number, length: number): number {
    const end = start + length;
    let hash = length;
    if (length >= 8) {
      hash = Math.imul(hash ^ view.getInt32(end - 8), 0x9e3779b1);
      hash = Math.imul((hash ^ (hash >>> 15)) + view.getInt32(end - 4), 0x85ebca6b);
    } else {
      for (let at = start; at < end; at++) hash = Math.imul(hash, 31) + view.getUint8(at);
    }
    return (hash ^ (hash >>> 16)) & this.#mask;
  }
}
