/** Raised while walking: not JSON at this byte. Holds no content of the record. */
export class InvalidJson extends Error {
  /** Counted in bytes from the start of the text that is walked. */
  readonly offset: number;
  readonly expected: string;
  constructor(offset: number, expected: string) {
    super(`byte ${offset}: expected ${expected}`);
    this.name = 'InvalidJson';
    this.offset = offset;
    this.expected = expected;
  }
}

/**
 * Readers look ahead and never test for the end: a zero byte there stops every token, and this many bytes behind it
 * can be read, whatever they hold.
 */
export const PADDING = 512;
const FIRST_CAPACITY = 64 * 1024;

/**
 * One JSON text as bytes, copied into a buffer that is used again for the next: the walk then has one array of
 * one kind, a view of it for eight bytes at a time, and a zero byte at its end.
 */
export class JsonBytes {
  bytes: Buffer = Buffer.from(new ArrayBuffer(FIRST_CAPACITY));
  words: DataView = new DataView(this.bytes.buffer);
  /** Number of bytes of the text. */
  end = 0;
  /** Some string of the text holds a byte of 0x80 or more: its UTF-8 has to be checked. */
  nonAscii = false;

  /** Copies a text in, to be walked. */
  load(source: Uint8Array): void {
    this.reserve(source.length);
    this.bytes.set(source);
    this.begin(source.length);
  }

  /** Makes room for this many bytes, to be written to `bytes` or `words` from zero on. */
  reserve(length: number): void {
    if (length + 2 * PADDING > this.bytes.length) this.grow(length + 2 * PADDING);
  }

  /** Declares the first `length` bytes to be the text. */
  begin(length: number): void {
    this.bytes[length] = 0;
    this.end = length;
    this.nonAscii = false;
  }

  /** The text between two offsets that have only ASCII between them: its own, whatever becomes of the record. */
  ascii(from: number, to: number): string {
    return this.bytes.toString('latin1', from, to);
  }

  /** @throws InvalidJson always. */
  fail(offset: number, expected: string): never {
    throw new InvalidJson(offset, offset >= this.end ? `${expected}, found the end` : expected);
  }

  private grow(capacity: number): void {
    this.bytes = Buffer.from(new ArrayBuffer(2 ** Math.ceil(Math.log2(capacity))));
    this.words = new DataView(this.bytes.buffer);
  }
}
