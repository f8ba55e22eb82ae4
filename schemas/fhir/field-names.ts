/** What `find` says of a name that is not in the set. */
export const UNKNOWN_FIELD = -1;

const SLOTS = 256;
const LARGEST_FACTOR = 64;

/**
 * A fixed set of object keys, looked up by their bytes without making a string. A producer writes its keys in the
 * same order again and again, so the key that followed the last one before is tried first. Otherwise a hash of the
 * length, the first and the last byte decides; its factors are searched once so that no two names share a slot.
 */
export class FieldNames {
  private readonly names: readonly string[];
  private readonly encoded: readonly Uint8Array[];
  private readonly slots: Int8Array = new Int8Array(SLOTS).fill(UNKNOWN_FIELD);
  private readonly firstFactor: number;
  private readonly lastFactor: number;
  /** `"name":` of every name, each padded with zeros to `stride` words. */
  private readonly members: Int32Array;
  private readonly stride: number;
  /** The length of each of them in bytes. */
  private readonly memberLengths: Uint8Array;
  /** By index: the name that came next the last time. */
  private readonly followers: Int8Array;
  private last = 0;

  constructor(names: readonly string[]) {
    this.names = names;
    this.encoded = names.map((name) => Buffer.from(name));
    [this.firstFactor, this.lastFactor] = factorsFor(this.encoded);
    for (const [index, name] of this.encoded.entries()) {
      this.slots[slotOf(name, 0, name.length, this.firstFactor, this.lastFactor)] = index;
    }
    const members = names.map((name) => Buffer.from(`"${name}":`));
    this.memberLengths = Uint8Array.from(members, (member) => member.length);
    this.stride = Math.ceil(Math.max(...this.memberLengths) / 4);
    this.members = wordsOf(members, this.stride);
    this.followers = new Int8Array(names.length);
  }

  /** The offset behind `"name":` if the expected name stands at `at`, else zero; it is then the `current` one. */
  endOfExpected(words: DataView, at: number): number {
    const index = this.followers[this.last] as number;
    const length = this.memberLengths[index] as number;
    let word = index * this.stride;
    let offset = at;
    for (const lastWhole = at + length - 4; offset <= lastWhole; offset += 4) {
      if (words.getInt32(offset, true) !== this.members[word++]) return 0;
    }
    const rest = (1 << ((length & 3) << 3)) - 1;
    if (rest !== 0 && ((words.getInt32(offset, true) ^ (this.members[word] as number)) & rest) !== 0)
      return 0;
    this.last = index;
    return at + length;
  }

  /** The index of the name that was found last. */
  current(): number {
    return this.last;
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
    this.followers[this.last] = index;
    this.last = index;
    return index;
  }

  /** The same for a key that had to be decoded, because it is written with escapes. */
  findText(name: string): number {
    return this.names.indexOf(name);
  }
}

function wordsOf(members: readonly Uint8Array[], stride: number): Int32Array {
  const bytes = Buffer.alloc(members.length * stride * 4);
  for (const [index, member] of members.entries()) bytes.set(member, index * stride * 4);
  return Int32Array.from({ length: bytes.length / 4 }, (_, word) => bytes.readInt32LE(word * 4));
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
