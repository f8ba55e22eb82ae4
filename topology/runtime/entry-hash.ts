/** The two words of one entry's hash. */
export interface EntryHash {
  a: number;
  b: number;
}

/** Odd constants of MurmurHash3. */
const STEP = 0x5bd1e995;
const KEY_STEP = 0x01000193;

/**
 * Hash of one key and its state, into `out`. The state is read in words of 32 bits, in four lanes that do not wait
 * for each other: the processor works on them side by side.
 */
export function hashEntry(key: string, state: Uint8Array, out: EntryHash): void {
  const words = wordsOf(state);
  const count = words.length;
  let k = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) k = Math.imul(k ^ key.charCodeAt(i), KEY_STEP);
  let a = k;
  let b = 0x9747b28c ^ state.length;
  let c = 0x3c6ef372;
  let d = 0x1b873593;
  let i = 0;
  for (; i + 3 < count; i += 4) {
    a = step(a, words[i] as number);
    b = step(b, words[i + 1] as number);
    c = step(c, words[i + 2] as number);
    d = step(d, words[i + 3] as number);
  }
  for (; i < count; i++) a = step(a, words[i] as number);
  for (let at = count * 4; at < state.length; at++) b = step(b, state[at] as number);
  out.a = mixed(a, mixed(b, mixed(c, d)));
  out.b = mixed(d, mixed(c, mixed(b, a)));
}

/** The turn brings high bits down: a product of odd numbers alone would never let them touch the low ones. */
const step = (lane: number, word: number): number => {
  const x = lane ^ word;
  return Math.imul((x << 13) | (x >>> 19), STEP);
};

function mixed(x: number, y: number): number {
  const sum = Math.imul(x ^ (y >>> 15), 0x85ebca6b | 0) ^ y;
  return Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35 | 0);
}

/** Whole words of the state. Where the stores keep states they begin at a multiple of four. */
function wordsOf(state: Uint8Array): Int32Array {
  const words = state.length >>> 2;
  if (state.byteOffset % 4 === 0) return new Int32Array(state.buffer, state.byteOffset, words);
  return new Int32Array(Uint8Array.from(state).buffer, 0, words);
}
