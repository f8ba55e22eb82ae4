const LENGTH = 4;

/** Cuts a stream of bytes into Kafka's frames: four bytes of length, then so many. A frame is given with its length. */
export class Frames {
  #chunks: Buffer[] = [];
  #bytes = 0;

  /** The frames that are whole with this chunk; a copy each, which may be written to. */
  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const frames: Buffer[] = [];
    for (let size = this.#next(); size !== undefined && this.#bytes >= size; size = this.#next()) {
      const all = Buffer.concat(this.#chunks);
      frames.push(all.subarray(0, size));
      this.#chunks = [all.subarray(size)];
      this.#bytes -= size;
    }
    return frames;
  }

  /** Size of the frame that comes next; undefined until its length is there. */
  #next(): number | undefined {
    if (this.#bytes < LENGTH) return undefined;
    if ((this.#chunks[0]?.length ?? 0) < LENGTH) this.#chunks = [Buffer.concat(this.#chunks)];
    return LENGTH + (this.#chunks[0]?.readInt32BE(0) ?? 0);
  }
}
