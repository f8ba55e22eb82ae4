import { closeSync, openSync, readSync, writeSync } from 'node:fs';

const FLUSH_CHARACTERS = 1 << 20;
const COPY_BYTES = 1 << 20;

/** A file of lines that is written in pieces of about a megabyte. */
export class TextFile {
  readonly path: string;
  readonly #descriptor: number;
  #pending: string[] = [];
  #characters = 0;

  constructor(path: string) {
    this.path = path;
    this.#descriptor = openSync(path, 'w');
  }

  line(text: string): void {
    this.#pending.push(text, '\n');
    this.#characters += text.length + 1;
    if (this.#characters >= FLUSH_CHARACTERS) this.#flush();
  }

  /** Adds all of another file that is closed. */
  append(path: string): void {
    this.#flush();
    const from = openSync(path, 'r');
    const buffer = Buffer.allocUnsafe(COPY_BYTES);
    try {
      for (;;) {
        const length = readSync(from, buffer);
        if (length === 0) return;
        this.#write(buffer.subarray(0, length));
      }
    } finally {
      closeSync(from);
    }
  }

  close(): void {
    try {
      this.#flush();
    } finally {
      closeSync(this.#descriptor);
    }
  }

  /** Closes it as it is; what waits is not written. */
  abandon(): void {
    closeSync(this.#descriptor);
  }

  #flush(): void {
    const text = this.#pending.join('');
    this.#pending = [];
    this.#characters = 0;
    this.#write(Buffer.from(text));
  }

  #write(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
  }
}
