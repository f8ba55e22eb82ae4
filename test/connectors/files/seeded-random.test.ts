import { describe, expect, test } from 'vitest';
import { shuffle } from '../../../connectors/files/reorder.ts';
import { SeededRandom } from '../../../connectors/files/seeded-random.ts';

describe('seeded random numbers', () => {
  test('a seed gives the same numbers for ever', () => {
    const random = new SeededRandom(42);
    expect([random.next(), random.next(), random.next()]).toEqual([3882964438, 1177149777, 1632668721]);
  });

  test('seeds differ also where only their upper half does', () => {
    const firsts = [0, 1, 2, -1, 2 ** 32, 2 ** 40].map((seed) => new SeededRandom(seed).next());
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  test('every order of three is as likely as any other', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 6_000; seed++) {
      const order = shuffle(['a', 'b', 'c'], seed).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // 1,000 each; the seeds are fixed, so this can't fail by chance.
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(120);
  });
});
