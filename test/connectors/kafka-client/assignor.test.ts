import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assign } from '../../../connectors/kafka-client/assignor.ts';
import type { Subscriber } from '../../../connectors/kafka-client/group-requests.ts';

const counts: Readonly<Record<string, number>> = { a: 6, b: 6, c: 4, d: 1, e: 0 };
const partitionsOf = (topic: string): number => counts[topic] ?? 0;

const members: fc.Arbitrary<Subscriber[]> = fc
  .uniqueArray(fc.nat({ max: 99 }), { minLength: 1, maxLength: 8 })
  .chain((ids) =>
    fc.tuple(
      ...ids.map((id) =>
        fc.record({ topics: fc.subarray(Object.keys(counts)), fixed: fc.boolean() }).map(
          ({ topics, fixed }): Subscriber => ({
            memberId: `m-${id}`,
            topics,
            ...(fixed ? { instanceId: `slot-${id}` } : {}),
          }),
        ),
      ),
    ),
  );

describe('the assignor', () => {
  test('gives every partition to exactly one of its subscribers, and to none more than one more than to another', () => {
    fc.assert(
      fc.property(members, (group) => {
        const assigned = assign(group, partitionsOf);
        expect(new Set(assigned.keys())).toEqual(new Set(group.map(({ memberId }) => memberId)));
        for (const topic of Object.keys(counts)) {
          const subscribers = group.filter(({ topics }) => topics.includes(topic));
          const owned = group.map(({ memberId, topics }) => {
            const mine = (assigned.get(memberId) ?? []).filter((at) => at.topic === topic);
            if (!topics.includes(topic)) expect(mine).toEqual([]);
            return { of: topics.includes(topic), partitions: mine.map(({ partition }) => partition) };
          });
          const all = owned.flatMap(({ partitions }) => partitions).toSorted((a, b) => a - b);
          const wanted = subscribers.length === 0 ? 0 : partitionsOf(topic);
          expect(all).toEqual(Array.from({ length: wanted }, (_, p) => p));
          const sizes = owned.filter((one) => one.of).map(({ partitions }) => partitions.length);
          if (sizes.length > 0) expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('partition p of all topics with the same subscribers goes to one member', () => {
    const group = ['x', 'y', 'z', 'w'].map((memberId) => ({ memberId, topics: ['a', 'b', 'c'] }));
    for (const partitions of assign(group, partitionsOf).values()) {
      const numbers = (topic: string): number[] =>
        partitions.filter((at) => at.topic === topic).map(({ partition }) => partition);
      expect(numbers('a')).toEqual(numbers('b'));
      expect(numbers('c')).toEqual(numbers('a').filter((p) => p < 4));
    }
  });

  test('the order in which members came does not count', () => {
    fc.assert(
      fc.property(members, (group) => {
        expect(assign(group.toReversed(), partitionsOf)).toEqual(assign(group, partitionsOf));
      }),
    );
  });

  test('a slot finds its own partitions under another member id', () => {
    const group = (ids: readonly string[]): Subscriber[] =>
      ids.map((memberId, i) => ({ memberId, instanceId: `slot-${i}`, topics: ['a'] }));
    const before = assign(group(['p', 'q', 'r']), partitionsOf);
    const after = assign(group(['z', 'q', 'a']), partitionsOf);
    expect([after.get('z'), after.get('q'), after.get('a')]).toEqual(
      ['p', 'q', 'r'].map((id) => before.get(id)),
    );
  });
});
