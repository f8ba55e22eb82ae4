/** What `find` says of a name that is not in the set. */
export const UNKNOWN_FIELD = -1;

const SLOTS = 256;
const LARGEST_FACTOR = 64;

/**
 * A fixed set of object keys, looked up by their bytes without making a string. The hash takes the length, the first
 * and the last byte; its factors are searched once so that no two names of the set share a slot.
 */
export class FieldNames {
  private readonly names: readonly string[];
  private readonly encoded: readonly Uint8Array[];
  private readonly slots: Int8Array = new Int8Array(SLOTS);
  private readonly firstFactor: number;
  private readonly lastFactor: number;

  constructor(names: readonly string[]) {
    this.names = names;
    this.encoded = names.map((name) => Buffer.from(name));
    const [firstFactor, lastFactor] = factorsFor(this.encoded);
    this.firstFactor = firstFactor;
    this.lastFactor = lastFactor;
    this.slots.fill(UNKNOWN_FIELD);
    for (const [index, name] of this.encoded.entries()) {
      this.slots[slotOf(name, 0, name.length, firstFactor, lastFactor)] = index;
    }
  }

  /** The index of the name that stands between two offsets, or `UNKNOWN_FIELD`. */
  find(bytes: Uint8Array, from: number, to: number): number {
    const index = this.slots[slotOf(bytes, from, to, this.firstFactor, this.lastFactor)] as number;
    if (index === UNKNOWN_FIELD) return UNKNOWN_FIELD;
    const name = this.encoded[index] as Uint8Array;
    const length = name.length;
    if (to - from !== length) return UNKNOWN_FIELD;
    for (let position = 0; position < length; position++) {
      if (name[position] !== bytes[from + position]) return UNKNOWN_FIELD;
    }
    return index;
  }

  /** The same for a key that had to be decoded, because it is written with escapes. */
  findText(name: string): number {
    return this.names.indexOf(name);
  }
}

function slotOf(
  bytes: Uint8Array,
  from: number,
  to: number,
  firstFactor: number,
  lastFactor: number,
): number {
  const first = bytes[from] as number;
  // Of an empty key this is its opening quote; the comparison decides.
  const last = bytes[to - 1] as number;
  return (first * firstFactor + last * lastFactor + (to - from)) & (SLOTS - 1);
}

function factorsFor(names: readonly Uint8Array[]): [firstFactor: number, lastFactor: number] {
  for (let first = 1; first < LARGEST_FACTOR; first++) {
    for (let last = 1; last < LARGEST_FACTOR; last++) {
      const slots = new Set(names.map((name) => slotOf(name, 0, name.length, first, last)));
      if (slots.size === names.length) return [first, last];
    }
  }
  throw new RangeError(`No factors tell these names apart: ${names.length} names`);
}
