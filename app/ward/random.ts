/** A seeded source of chance: the same seed gives the same numbers on every machine. Not for secrets. */
export interface Random {
  /** Uniform in [0, 1). */
  readonly next: () => number;
  /** Uniform in [low, high). */
  readonly between: (low: number, high: number) => number;
  /** A whole number in [low, high], both ends included. */
  readonly integer: (low: number, high: number) => number;
  /** Standard normal, cut at ±2.5: an unlucky draw must not make a healthy patient sick. */
  readonly normal: () => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(items: readonly [T, ...T[]]) => T;
  /** The items in a new order; the argument stays as it is. */
  readonly shuffled: <T>(items: readonly T[]) => T[];
}

/** The finalizer of MurmurHash3: spreads whole numbers over 32 bits without keeping any state. */
export function mix(...integers: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const integer of integers) {
    hash = Math.imul(hash ^ integer, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state are plenty for a ward. */
export function randomOf(seed: number): Random {
  let state = mix(seed);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number): number => low + (high - low) * next();
  const integer = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    integer,
    normal() {
      // Box–Muller; 1 - next() is never 0, so the logarithm is finite.
      const z = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return Math.max(-2.5, Math.min(2.5, z));
    },
    chance: (probability) => next() < probability,
    pick: (items) => items[integer(0, items.length - 1)] ?? items[0],
    shuffled(items) {
      const cards = items.map((item) => ({ item, order: next() }));
      return cards.sort((a, b) => a.order - b.order).map((card) => card.item);
    },
  };
}
