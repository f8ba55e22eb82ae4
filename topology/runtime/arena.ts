import type { EntryHash } from './entry-hash.ts';

/**
 * Byte blocks in a few large buffers: a million states cost the garbage collector nothing.
 *
 * A block is addressed by a small integer, its place in units of 16 bytes. Blocks of one size class share a page;
 * a page that becomes empty goes to whatever class needs one next, so states that grow together leave no holes
 * behind. The first word of a block is its length, and of a free slot the next free one of its page. Two more are for
 * the hash of what the block holds, so that nobody need read it all again to know that.
 */
const UNIT = 16;
const PAGE = 1 << 16;
const CHUNK = 1 << 20;
const HASH = 4;
const HEADER = 12;
const UNITS_PER_PAGE = PAGE / UNIT;
const UNITS_PER_CHUNK = CHUNK / UNIT;
const PAGES_PER_CHUNK = CHUNK / PAGE;
/** A block of this size or more has a buffer of its own: few of them would fill a page. */
const LARGE = PAGE / 8;
/**
 * So many large blocks are kept when they are freed, up to that size: the state of a patient with a value a minute is
 * put anew with each, and new memory from the system costs more than all else that is done with it.
 */
const SPARES = 4;
const SPARE_SIZE = 1 << 18;
const NO_SLOT = 0xffffffff;

/**
 * Class of a block of so many units. Exact up to 16, then sixteen steps per doubling: a thirty-second is wasted on
 * average.
 */
export function classOf(units: number): number {
  if (units <= 16) return units;
  const shift = 27 - Math.clz32(units - 1);
  return 16 * shift + ((units - 1) >>> shift) + 1;
}

/** Units of a block of a class: the most that a class takes. */
export function unitsOf(sizeClass: number): number {
  if (sizeClass <= 16) return sizeClass;
  const shift = (sizeClass - 17) >>> 4;
  return (sizeClass - 16 * shift) << shift;
}

const unitsFor = (bytes: number): number => Math.ceil((bytes + HEADER) / UNIT);

/** Where in its buffer a block begins. */
const fromOf = (address: number): number => (address < 0 ? 0 : (address % UNITS_PER_CHUNK) * UNIT);

interface Page {
  sizeClass: number;
  live: number;
  /** Address of the first free slot that was in use before. */
  free: number;
  /** Slots from here on were never in use. */
  fresh: number;
  /** Stands in the list of pages with room. */
  listed: boolean;
}

export class Arena {
  readonly #chunks: Buffer[] = [];
  readonly #pages: Page[] = [];
  readonly #withRoom: number[][] = [];
  readonly #empty: number[] = [];
  readonly #large = new Map<number, Buffer>();
  readonly #spare: Buffer[] = [];
  #nextLarge = -1;

  /** Copies the bytes into a block and returns its address: >= 0 in a page, < 0 on its own. */
  put(bytes: Uint8Array): number {
    const units = unitsFor(bytes.length);
    let address: number;
    if (units * UNIT >= LARGE) {
      address = this.#nextLarge--;
      this.#large.set(address, this.#largeOf(unitsOf(classOf(units)) * UNIT));
    } else address = this.#take(classOf(units));
    const chunk = this.#chunkOf(address);
    const from = fromOf(address);
    chunk.writeUInt32LE(bytes.length, from);
    chunk.set(bytes, from + HEADER);
    return address;
  }

  /** A view of the block, good until it is freed. It begins at a multiple of four in its buffer. */
  get(address: number): Buffer {
    const chunk = this.#chunkOf(address);
    const from = fromOf(address);
    return chunk.subarray(from + HEADER, from + HEADER + chunk.readUInt32LE(from));
  }

  /** Notes the hash of what the block holds. */
  setHash(address: number, { a, b }: EntryHash): void {
    const chunk = this.#chunkOf(address);
    const at = fromOf(address) + HASH;
    chunk.writeInt32LE(a, at);
    chunk.writeInt32LE(b, at + 4);
  }

  /** The hash that was noted, into `out`. */
  hashOf(address: number, out: EntryHash): void {
    const chunk = this.#chunkOf(address);
    const at = fromOf(address) + HASH;
    out.a = chunk.readInt32LE(at);
    out.b = chunk.readInt32LE(at + 4);
  }

  free(address: number): void {
    if (address < 0) {
      const block = this.#chunkOf(address);
      this.#large.delete(address);
      if (block.length <= SPARE_SIZE && this.#spare.push(block) > SPARES) this.#spare.shift();
      return;
    }
    const number = Math.floor(address / UNITS_PER_PAGE);
    const page = this.#pageOf(address);
    this.#chunkOf(address).writeUInt32LE(page.free, fromOf(address));
    page.free = address;
    page.live--;
    if (page.live === 0) this.#empty.push(number);
    else if (!page.listed) this.#list(number, page);
  }

  /** Memory for a large block: that of one freed just now, when the size is the same. */
  #largeOf(size: number): Buffer {
    const i = this.#spare.findLastIndex(({ length }) => length === size);
    const spare = i < 0 ? undefined : this.#spare.splice(i, 1)[0];
    return spare ?? Buffer.allocUnsafeSlow(size);
  }

  /** Bytes held from the system. */
  get bytes(): number {
    let large = 0;
    for (const block of this.#large.values()) large += block.length;
    for (const block of this.#spare) large += block.length;
    return this.#chunks.length * CHUNK + large;
  }

  #pageOf(address: number): Page {
    return this.#pages[Math.floor(address / UNITS_PER_PAGE)] as Page;
  }

  /** The buffer that a block stands in. */
  #chunkOf(address: number): Buffer {
    return (
      address < 0 ? this.#large.get(address) : this.#chunks[Math.floor(address / UNITS_PER_CHUNK)]
    ) as Buffer;
  }

  #list(number: number, page: Page): void {
    page.listed = true;
    this.#withRoom[page.sizeClass] ??= [];
    this.#withRoom[page.sizeClass]?.push(number);
  }

  /** A slot of the class: in a page with room, else in an empty page, else in a new one. */
  #take(sizeClass: number): number {
    const units = unitsOf(sizeClass);
    const withRoom = this.#withRoom[sizeClass] ?? [];
    for (let number = withRoom.at(-1); number !== undefined; number = withRoom.at(-1)) {
      const page = this.#pages[number] as Page;
      // A page that was emptied, and perhaps given to another class, is still in the list of its old one.
      const address =
        page.sizeClass === sizeClass && page.live > 0 ? this.#slot(number, page, units) : NO_SLOT;
      if (address !== NO_SLOT) return address;
      withRoom.pop();
      if (page.sizeClass === sizeClass) page.listed = false;
    }
    const number = this.#emptyPage();
    const page = this.#pages[number] as Page;
    Object.assign(page, { sizeClass, live: 0, free: NO_SLOT, fresh: number * UNITS_PER_PAGE });
    this.#list(number, page);
    return this.#slot(number, page, units);
  }

  #slot(number: number, page: Page, units: number): number {
    let address = page.free;
    if (address !== NO_SLOT) page.free = this.#chunkOf(address).readUInt32LE(fromOf(address));
    else if (page.fresh + units <= (number + 1) * UNITS_PER_PAGE) {
      address = page.fresh;
      page.fresh += units;
    } else return NO_SLOT;
    page.live++;
    return address;
  }

  #emptyPage(): number {
    for (let number = this.#empty.pop(); number !== undefined; number = this.#empty.pop()) {
      if (this.#pages[number]?.live === 0) return number;
    }
    const number = this.#pages.length;
    if (number % PAGES_PER_CHUNK === 0) this.#chunks.push(Buffer.allocUnsafeSlow(CHUNK));
    this.#pages.push({ sizeClass: 0, live: 0, free: NO_SLOT, fresh: 0, listed: false });
    return number;
  }
}
