/**
 * Byte blocks in a few large buffers: a million states cost the garbage collector nothing.
 * A block is addressed by a small integer, its place in units of 16 bytes; its first word holds its length.
 */
const UNIT = 16;
const CHUNK = 1 << 20;
const HEADER = 4;
/** A block of this size or more has a buffer of its own. */
const LARGE = CHUNK / 4;

/**
 * Sizes in units, eight steps per doubling: a block wastes a sixteenth on average.
 * Class of n units: exact up to 8, then by the three bits behind the leading one.
 */
function classOf(units: number): number {
  if (units <= 8) return units;
  const shift = 28 - Math.clz32(units - 1);
  return 8 * shift + ((units - 1) >>> shift) + 1;
}

function unitsOf(sizeClass: number): number {
  if (sizeClass <= 8) return sizeClass;
  const shift = (sizeClass - 9) >>> 3;
  return (sizeClass - 8 * shift) << shift;
}

export class Arena {
  readonly #chunks: Buffer[] = [];
  readonly #free: number[][] = [];
  readonly #large = new Map<number, Buffer>();
  #nextLarge = -1;
  #at = CHUNK;

  /** Copies the bytes into a block and returns its address: >= 0 in a chunk, < 0 on its own. */
  put(bytes: Uint8Array): number {
    const units = Math.ceil((bytes.length + HEADER) / UNIT);
    if (units * UNIT >= LARGE) return this.#putLarge(bytes);
    const sizeClass = classOf(units);
    const address = this.#free[sizeClass]?.pop() ?? this.#take(unitsOf(sizeClass));
    this.#write(address, bytes);
    return address;
  }

  /** Puts other bytes in the place of a block; the address may change. */
  replace(address: number, bytes: Uint8Array): number {
    const units = Math.ceil((bytes.length + HEADER) / UNIT);
    if (address >= 0 && units * UNIT < LARGE && classOf(units) === classOf(this.#unitsAt(address))) {
      this.#write(address, bytes);
      return address;
    }
    this.free(address);
    return this.put(bytes);
  }

  /** A view of the block, good until it is replaced or freed. */
  get(address: number): Buffer {
    if (address < 0) return this.#large.get(address) as Buffer;
    const chunk = this.#chunks[Math.floor((address * UNIT) / CHUNK)] as Buffer;
    const from = (address * UNIT) % CHUNK;
    return chunk.subarray(from + HEADER, from + HEADER + chunk.readUInt32LE(from));
  }

  free(address: number): void {
    if (address < 0) {
      this.#large.delete(address);
      return;
    }
    const sizeClass = classOf(this.#unitsAt(address));
    this.#free[sizeClass] ??= [];
    this.#free[sizeClass].push(address);
  }

  /** Bytes held from the system. */
  get bytes(): number {
    let large = 0;
    for (const block of this.#large.values()) large += block.length;
    return this.#chunks.length * CHUNK + large;
  }

  #unitsAt(address: number): number {
    const chunk = this.#chunks[Math.floor((address * UNIT) / CHUNK)] as Buffer;
    return Math.ceil((chunk.readUInt32LE((address * UNIT) % CHUNK) + HEADER) / UNIT);
  }

  #write(address: number, bytes: Uint8Array): void {
    const chunk = this.#chunks[Math.floor((address * UNIT) / CHUNK)] as Buffer;
    const from = (address * UNIT) % CHUNK;
    chunk.writeUInt32LE(bytes.length, from);
    chunk.set(bytes, from + HEADER);
  }

  #take(units: number): number {
    const size = units * UNIT;
    if (this.#at + size > CHUNK) {
      this.#chunks.push(Buffer.allocUnsafeSlow(CHUNK));
      this.#at = 0;
    }
    const address = ((this.#chunks.length - 1) * CHUNK + this.#at) / UNIT;
    this.#at += size;
    return address;
  }

  #putLarge(bytes: Uint8Array): number {
    const address = this.#nextLarge--;
    this.#large.set(address, Buffer.from(bytes));
    return address;
  }
}
