/**
 * A small generator of pseudo-random numbers: the same seed gives the same numbers on every machine. Not for secrets.
 * sfc32, by Chris Doty-Humphrey (PractRand): 128 bits of state, of which 32 count, so its period is at least 2^32.
 */
export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** `seed`: any number; the halves of its 53 bits are used, so fractions do not count. */
  constructor(seed: number) {
    const whole = Math.trunc(seed);
    this.#a = 0x9e3779b9;
    this.#b = whole | 0;
    this.#c = Math.floor(whole / 2 ** 32) | 0;
    // The first numbers still show the seed.
    for (let i = 0; i < 15; i++) this.next();
  }

  /** The next whole number, 0 to 2^32 - 1. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** A whole number from 0 to `limit` - 1; `limit` at most 2^32. Its bias is below `limit` / 2^32. */
  below(limit: number): number {
    return Math.floor((this.next() / 2 ** 32) * limit);
  }
}
