import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownedChanges } from '../../../connectors/redis/owned-changes.ts';

const LARGE = 300_000;

test('changes keep their states when the views that they came with go on to be others', () => {
  const sizes = fc.oneof(fc.nat({ max: 6_000 }), fc.constantFrom(0, 256 << 10, LARGE));
  fc.assert(
    fc.property(fc.array(fc.option(sizes), { maxLength: 80 }), (all) => {
      const view = new Uint8Array(LARGE);
      const stateOf = (size: number, i: number): Uint8Array => new Uint8Array(size).fill((i % 251) + 1);
      function* changes(): Generator<readonly [string, string, Uint8Array | null]> {
        for (const [i, size] of all.entries()) {
          // One view for all, as a store has it.
          if (size !== null) view.set(stateOf(size, i));
          yield ['store', `key-${i}`, size === null ? null : view.subarray(0, size)];
        }
        view.fill(0);
      }
      const owned = ownedChanges(changes());
      expect(owned).toHaveLength(all.length);
      for (const [i, [store, key, state]] of owned.entries()) {
        const size = all[i] ?? null;
        expect([store, key]).toEqual(['store', `key-${i}`]);
        if (size === null) expect(state).toBeNull();
        else expect(state?.equals(stateOf(size, i))).toBe(true);
      }
    }),
    { numRuns: 50 },
  );
});
