import fc from 'fast-check';
import { expect, test } from 'vitest';
import { queueOf } from '../../../app/ward/queue.ts';

test('items leave by rank, and equal ranks in the order in which they came', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (ranks) => {
      const queue = queueOf<readonly [number, number]>();
      ranks.forEach((rank, order) => queue.push(rank, [rank, order]));
      const left: (readonly [number, number])[] = [];
      while (queue.next() < Infinity) {
        const rank = queue.next();
        const item = queue.pop();
        expect(item?.[0]).toBe(rank);
        if (item !== undefined) left.push(item);
      }
      expect(left).toEqual(
        ranks.map((rank, order) => [rank, order] as const).toSorted(([a, n], [b, m]) => a - b || n - m),
      );
      expect(queue.pop()).toBeUndefined();
    }),
  );
});
