/**
 * A hash of keyed state that does not depend on the order of its keys, so it can be kept up with each change:
 * take the old entry out, put the new one in. Two lanes of 32 bits; it finds divergence, it is no signature.
 */
export class StateHash {
  #a = 0;
  #b = 0;

  /** Adds an entry (sign 1) or takes it out (sign -1). */
  change(key: string, state: Uint8Array, sign: 1 | -1): void {
    entryHash(key, state);
    this.#a = (this.#a + sign * laneA) | 0;
    this.#b = (this.#b + sign * laneB) | 0;
  }

  copy(): StateHash {
    const copy = new StateHash();
    copy.#a = this.#a;
    copy.#b = this.#b;
    return copy;
  }

  get text(): string {
    return hex(this.#a) + hex(this.#b);
  }
}

const hex = (n: number): string => (n >>> 0).toString(16).padStart(8, '0');

let laneA = 0;
let laneB = 0;

function entryHash(key: string, state: Uint8Array): void {
  let a = 0x811c9dc5;
  let b = 0x9747b28c ^ state.length;
  for (let i = 0; i < key.length; i++) a = Math.imul(a ^ key.charCodeAt(i), 0x01000193);
  const end = state.length & ~3;
  let i = 0;
  for (; i < end; i += 4) {
    const word =
      (state[i] as number) |
      ((state[i + 1] as number) << 8) |
      ((state[i + 2] as number) << 16) |
      ((state[i + 3] as number) << 24);
    a = Math.imul(a ^ word, 0x5bd1e995);
    b = Math.imul((b << 13) | (b >>> 19), 5) ^ Math.imul(word, 0xcc9e2d51 | 0);
  }
  for (; i < state.length; i++) a = Math.imul(a ^ (state[i] as number), 0x01000193);
  a ^= a >>> 15;
  b ^= a;
  laneA = Math.imul(a, 0x85ebca6b | 0) | 0;
  laneB = Math.imul(b ^ (b >>> 13), 0xc2b2ae35 | 0) | 0;
}
