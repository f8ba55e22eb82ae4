import { describe, expect, test } from 'vitest';
import { ConsumerGroup } from '../../../connectors/memory/consumer-group.ts';
import { type Assignment, partitionKey } from '../../../topology/ports/kafka-driver.ts';

const PARTITIONS: Readonly<Record<string, number>> = { x: 5, y: 3 };

const groupOf = (...ids: readonly string[]): ConsumerGroup => {
  const group = new ConsumerGroup(
    'g',
    (topic) => PARTITIONS[topic] ?? 0,
    () => {},
  );
  for (const id of ids) group.add(id, ['x', 'y']);
  return group;
};

/** Everybody joins; the last one completes the round, so all ask again. */
const joined = (group: ConsumerGroup, ...ids: readonly string[]): (Assignment | undefined)[] => {
  for (const id of ids) group.join(id);
  return ids.map((id) => group.join(id));
};

const owned = (assignment: Assignment | undefined): string[] =>
  (assignment?.partitions ?? []).map(partitionKey);

describe('consumer group', () => {
  test.each([1, 2, 3, 5, 8])('gives every partition to just one of %i members, evenly', (count) => {
    const ids = Array.from({ length: count }, (_, i) => `m${i}`);
    const shares = joined(groupOf(...ids), ...ids).map(owned);
    const all = ['x/0', 'x/1', 'x/2', 'x/3', 'x/4', 'y/0', 'y/1', 'y/2'];
    expect(shares.flat().toSorted()).toEqual(all);
    const numbers = shares.map((share) => share.filter((at) => at.startsWith('x/')).length);
    expect(Math.max(...numbers) - Math.min(...numbers)).toBeLessThanOrEqual(1);
  });

  test('one partition number of all topics goes to one member', () => {
    for (const share of joined(groupOf('a', 'b'), 'a', 'b').map(owned)) {
      const [x, y] = ['x/', 'y/'].map((topic) =>
        share.filter((at) => at.startsWith(topic)).map((at) => at.slice(2)),
      );
      expect(x?.slice(0, y?.length)).toEqual(y);
    }
  });

  test('nobody gets anything before everybody has given up what it had', () => {
    const group = groupOf('a', 'b');
    expect(group.join('a')).toBeUndefined();
    expect(group.join('a')).toBeUndefined();
    expect(group.join('b')).toBeDefined();
    expect(group.join('a')).toBeDefined();

    group.add('c', ['x', 'y']);
    expect(group.join('c')).toBeUndefined();
    expect(group.join('a')).toBeUndefined();
    expect(group.join('b')).toBeDefined();
  });

  test('a member whose assignment is of an older round must join again', () => {
    const group = groupOf('a');
    const [assignment] = joined(group, 'a');
    expect(group.mustRejoin('a', assignment)).toBe(false);
    group.add('b', ['x']);
    expect(group.mustRejoin('a', assignment)).toBe(true);
    const [again] = joined(group, 'a', 'b');
    expect(group.mustRejoin('a', again)).toBe(false);
    expect(again).not.toBe(assignment);
  });

  test('the old generation may commit until the new one is complete, then it is fenced', () => {
    const group = groupOf('a');
    const [before] = joined(group, 'a');
    if (before === undefined) throw new Error('no assignment');
    group.add('b', ['x']);
    group.join('b');
    expect(() => group.assertCurrent(before.generation)).not.toThrow();
    const [after] = joined(group, 'a', 'b');
    expect(() => group.assertCurrent(before.generation)).toThrow(expect.objectContaining({ code: 'fenced' }));
    expect(() => group.assertCurrent(after?.generation ?? before.generation)).not.toThrow();
  });

  test('a member that left is fenced at once, and its partitions go to the others', () => {
    const group = groupOf('a', 'b');
    const [, b] = joined(group, 'a', 'b');
    if (b === undefined) throw new Error('no assignment');
    group.remove('b');
    expect(() => group.assertCurrent(b.generation)).toThrow(expect.objectContaining({ code: 'fenced' }));
    expect(owned(group.join('a'))).toHaveLength(8);
  });

  test('a member that leaves in the middle of a round does not hold it up', () => {
    const group = groupOf('a', 'b');
    joined(group, 'a', 'b');
    group.add('c', ['x', 'y']);
    group.join('a');
    group.join('b');
    group.remove('c');
    expect(joined(group, 'a', 'b').flatMap(owned)).toHaveLength(8);
  });

  test('a stranger gets nothing', () => {
    const group = groupOf('a');
    expect(group.join('nobody')).toBeUndefined();
    expect(group.mustRejoin('nobody', undefined)).toBe(false);
  });
});
