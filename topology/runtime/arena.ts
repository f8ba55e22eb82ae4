/**
 * Byte blocks in a few large buffers: a million states cost the garbage collector nothing.
 *
 * A block is addressed by a small integer, its place in units of 16 bytes. Blocks of one size class share a page;
 * a page that becomes empty goes to whatever class needs one next, so states that grow together leave no holes
 * behind. The first word of a block is its length, and of a free slot the next free one of its page.
 */
const UNIT = 16;
const PAGE = 1 << 16;
const CHUNK = 1 << 20;
const HEADER = 4;
const UNITS_PER_PAGE = PAGE / UNIT;
const PAGES_PER_CHUNK = CHUNK / PAGE;
/** A block of this size or more has a buffer of its own: few of them would fill a page. */
const LARGE = PAGE / 8;
const NO_SLOT = 0xffffffff;

/**
 * Class of a block of so many units. Exact up to 8, then eight steps per doubling: a sixteenth is wasted on average.
 */
export function classOf(units: number): number {
  if (units <= 8) return units;
  const shift = 28 - Math.clz32(units - 1);
  return 8 * shift + ((units - 1) >>> shift) + 1;
}

/** Units of a block of a class: the most that a class takes. */
export function unitsOf(sizeClass: number): number {
  if (sizeClass <= 8) return sizeClass;
  const shift = (sizeClass - 9) >>> 3;
  return (sizeClass - 8 * shift) << shift;
}

const unitsFor = (bytes: number): number => Math.ceil((bytes + HEADER) / UNIT);

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
  #nextLarge = -1;

  /** Copies the bytes into a block and returns its address: >= 0 in a page, < 0 on its own. */
  put(bytes: Uint8Array): number {
    const units = unitsFor(bytes.length);
    if (units * UNIT >= LARGE) {
      const address = this.#nextLarge--;
      this.#large.set(address, Buffer.from(bytes));
      return address;
    }
    const address = this.#take(classOf(units));
    this.#write(address, bytes);
    return address;
  }

  /** Puts other bytes in the place of a block; the address may change. */
  replace(address: number, bytes: Uint8Array): number {
    const units = unitsFor(bytes.length);
    if (address >= 0 && units * UNIT < LARGE && classOf(units) === this.#pageOf(address).sizeClass) {
      this.#write(address, bytes);
      return address;
    }
    this.free(address);
    return this.put(bytes);
  }

  /** A view of the block, good until it is replaced or freed. */
  get(address: number): Buffer {
    if (address < 0) return this.#large.get(address) as Buffer;
    const chunk = this.#chunkOf(address);
    const from = (address * UNIT) % CHUNK;
    return chunk.subarray(from + HEADER, from + HEADER + chunk.readUInt32LE(from));
  }

  free(address: number): void {
    if (address < 0) {
      this.#large.delete(address);
      return;
    }
    const number = Math.floor(address / UNITS_PER_PAGE);
    const page = this.#pageOf(address);
    this.#chunkOf(address).writeUInt32LE(page.free, (address * UNIT) % CHUNK);
    page.free = address;
    page.live--;
    if (page.live === 0) this.#empty.push(number);
    else if (!page.listed) this.#list(number, page);
  }

  /** Bytes held from the system. */
  get bytes(): number {
    let large = 0;
    for (const block of this.#large.values()) large += block.length;
    return this.#chunks.length * CHUNK + large;
  }

  #pageOf(address: number): Page {
    return this.#pages[Math.floor(address / UNITS_PER_PAGE)] as Page;
  }

  #chunkOf(address: number): Buffer {
    return this.#chunks[Math.floor((address * UNIT) / CHUNK)] as Buffer;
  }

  #write(address: number, bytes: Uint8Array): void {
    const chunk = this.#chunkOf(address);
    const from = (address * UNIT) % CHUNK;
    chunk.writeUInt32LE(bytes.length, from);
    chunk.set(bytes, from + HEADER);
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
    if (address !== NO_SLOT) page.free = this.#chunkOf(address).readUInt32LE((address * UNIT) % CHUNK);
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
