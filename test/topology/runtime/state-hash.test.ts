import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashEntry } from '../../../topology/runtime/entry-hash.ts';
import { StateHash } from '../../../topology/runtime/state-hash.ts';

type Entry = readonly [key: string, state: Uint8Array];

const entries = fc.uniqueArray(fc.tuple(fc.string({ maxLength: 8 }), fc.uint8Array({ maxLength: 40 })), {
  selector: ([key]) => key,
  minLength: 1,
  maxLength: 30,
});

function change(hash: StateHash, key: string, bytes: Uint8Array, by: 1 | -1): void {
  const entry = { a: 0, b: 0 };
  hashEntry(key, bytes, entry);
  if (by === 1) hash.add(entry.a, entry.b);
  else hash.remove(entry.a, entry.b);
}

const hashOf = (state: readonly Entry[]): string => {
  const hash = new StateHash();
  for (const [key, bytes] of state) change(hash, key, bytes, 1);
  return hash.text;
};

const with_ = (state: readonly Entry[], at: number, entry: Entry): Entry[] =>
  state.map((each, i) => (i === at ? entry : each));

describe('state hash', () => {
  test('does not depend on the order in which the keys came', () => {
    fc.assert(
      fc.property(
        entries.chain((state) =>
          fc.tuple(fc.constant(state), fc.shuffledSubarray(state, { minLength: state.length })),
        ),
        ([state, shuffled]) => {
          expect(hashOf(shuffled)).toBe(hashOf(state));
        },
      ),
    );
  });

  test('does not depend on what the state was in between', () => {
    fc.assert(
      fc.property(entries, fc.uint8Array({ maxLength: 40 }), (state, other) => {
        const hash = new StateHash();
        for (const [key] of state) change(hash, key, other, 1);
        for (const [key, bytes] of state) {
          change(hash, key, other, -1);
          change(hash, key, bytes, 1);
        }
        expect(hash.text).toBe(hashOf(state));
      }),
    );
  });

  test('sees a single byte that changed', () => {
    fc.assert(
      fc.property(entries, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (state, at, where, flip) => {
        const index = at % state.length;
        const [key, bytes] = state[index] as Entry;
        fc.pre(bytes.length > 0);
        const changed = Uint8Array.from(bytes);
        changed[where % bytes.length] = (bytes[where % bytes.length] ?? 0) ^ flip;
        expect(hashOf(with_(state, index, [key, changed]))).not.toBe(hashOf(state));
      }),
      { numRuns: 2_000 },
    );
  });

  test('sees a key that is gone, a state that grew by a zero, and two keys whose states are swapped', () => {
    fc.assert(
      fc.property(entries, fc.nat(), (state, at) => {
        const index = at % state.length;
        const [key, bytes] = state[index] as Entry;
        expect(hashOf(state.toSpliced(index, 1))).not.toBe(hashOf(state));
        expect(hashOf(with_(state, index, [key, Uint8Array.of(...bytes, 0)]))).not.toBe(hashOf(state));
        const [otherKey, otherBytes] = state[(index + 1) % state.length] as Entry;
        fc.pre(Buffer.compare(bytes, otherBytes) !== 0);
        const swapped = state.map(
          ([k, b]): Entry => (k === key ? [k, otherBytes] : k === otherKey ? [k, bytes] : [k, b]),
        );
        expect(hashOf(swapped)).not.toBe(hashOf(state));
      }),
      { numRuns: 2_000 },
    );
  });

  test('of nothing is the hash of nothing, also after everything was taken out again', () => {
    const hash = new StateHash();
    change(hash, 'a', Uint8Array.of(1, 2, 3), 1);
    expect(hash.text).not.toBe(new StateHash().text);
    change(hash, 'a', Uint8Array.of(1, 2, 3), -1);
    expect(hash.text).toBe(new StateHash().text);
  });

  test('is the same wherever in a buffer the bytes lie', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.integer({ min: 1, max: 7 }), (bytes, shift) => {
        const buffer = new Uint8Array(bytes.length + shift);
        buffer.set(bytes, shift);
        expect(hashOf([['a', buffer.subarray(shift)]])).toBe(hashOf([['a', bytes]]));
      }),
    );
  });

  test('sees both halves of a change: the same bit flipped in two words does not cancel out', () => {
    const state = new Uint8Array(128);
    const plain = hashOf([['a', state]]);
    const seen = new Set([plain]);
    for (let one = 0; one < 32; one++) {
      for (let other = one + 1; other < 32; other++) {
        const changed = Uint8Array.from(state);
        changed[4 * one + 3] = 0x80;
        changed[4 * other + 3] = 0x80;
        seen.add(hashOf([['a', changed]]));
      }
    }
    expect(seen.size).toBe(1 + (32 * 31) / 2);
  });
});
