const CHUNK = 1 << 18;
/** Chunks kept for the next batch; beyond that the collector may have them. */
const KEPT = 64;

/** Copies of bytes that live until `clear`: the memory is used again, batch after batch. */
export class ScratchBytes {
  readonly #chunks: Buffer[] = [];
  #current = -1;
  #at = 0;

  copy(bytes: Uint8Array): Uint8Array {
    const length = bytes.length;
    if (length > CHUNK) return Buffer.from(bytes);
    if (this.#current < 0 || this.#at + length > CHUNK) this.#next();
    const chunk = this.#chunks[this.#current] as Buffer;
    chunk.set(bytes, this.#at);
    this.#at += length;
    return chunk.subarray(this.#at - length, this.#at);
  }

  clear(): void {
    if (this.#chunks.length > KEPT) this.#chunks.length = KEPT;
    this.#current = -1;
    this.#at = 0;
  }

  #next(): void {
    this.#current++;
    if (this.#current === this.#chunks.length) this.#chunks.push(Buffer.allocUnsafeSlow(CHUNK));
    this.#at = 0;
  }
}
