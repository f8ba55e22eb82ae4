import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mix, randomOf } from '../../../app/ward/random.ts';

describe('random', () => {
  test('these are the numbers of seed 1: a change of the generator changes every ward', () => {
    const random = randomOf(1);
    expect(
      [random.next(), random.next(), random.next()].map((n) => Math.floor(n * 1e6)),
    ).toMatchInlineSnapshot(`
      [
        915889,
        281631,
        514921,
      ]
    `);
  });

  test('numbers keep to their bounds', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: -9, max: 9 }), fc.nat(9), (seed, low, span) => {
        const random = randomOf(seed);
        for (let n = 0; n < 50; n++) {
          const integer = random.integer(low, low + span);
          expect(Number.isInteger(integer) && integer >= low && integer <= low + span).toBe(true);
          expect(Math.abs(random.normal())).toBeLessThanOrEqual(2.5);
          const next = random.next();
          expect(next >= 0 && next < 1).toBe(true);
        }
      }),
    );
  });

  test('numbers are spread evenly', () => {
    const random = randomOf(3);
    const tens = Array.from({ length: 10 }, () => 0);
    for (let n = 0; n < 10_000; n++) {
      const ten = Math.floor(random.next() * 10);
      tens[ten] = (tens[ten] ?? 0) + 1;
    }
    // Ten standard deviations of a fair die: a broken generator misses by far more.
    for (const count of tens) expect(Math.abs(count - 1_000)).toBeLessThan(300);
  });

  test('shuffled keeps every item and leaves its argument alone', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.nat()), (seed, items) => {
        const before = [...items];
        const after = randomOf(seed).shuffled(items);
        expect(after.toSorted((a, b) => a - b)).toEqual(before.toSorted((a, b) => a - b));
        expect(items).toEqual(before);
      }),
    );
  });

  test('mix tells neighbours and orders apart', () => {
    const all = Array.from({ length: 100 }, (_, a) =>
      Array.from({ length: 100 }, (__, b) => mix(a, b)),
    ).flat();
    expect(new Set(all).size).toBeGreaterThan(9_990);
    expect(mix(1, 2)).not.toBe(mix(2, 1));
  });
});
