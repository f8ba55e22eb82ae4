import { describe, expect, test } from 'vitest';
import { GroupOffsets } from '../../../../connectors/memory/cluster/group-offsets.ts';
import type { OffsetCommits } from '../../../../topology/ports/kafka-driver.ts';

const at = [0, 1].map((partition) => ({ topic: 'in', partition }));
const offsets = (...given: readonly (readonly [string, number])[]): OffsetCommits =>
  new Map(given.map(([key, offset]) => [key, { offset, metadata: `m${offset}` }]));
const [seven, eight] = [7, 8].map((producerId) => ({ producerId, epoch: 0 })) as [Producer, Producer];
type Producer = Parameters<GroupOffsets['stage']>[0];
const unstable = expect.objectContaining({ code: 'unstable-offsets' });

describe('offsets of a group', () => {
  test('a partition without a commit is left out, and the metadata comes back', () => {
    const group = new GroupOffsets();
    group.commit(offsets(['in/0', 3]));
    expect([...group.read(at, true)]).toEqual([['in/0', { offset: 3, metadata: 'm3' }]]);
  });

  test('a pending offset is unstable; who does not ask for stable ones gets the old, and begins too early', () => {
    const group = new GroupOffsets();
    group.commit(offsets(['in/0', 10], ['in/1', 1]));
    group.stage(seven, offsets(['in/0', 20]));
    expect(() => group.read(at, true)).toThrow(unstable);
    expect(group.read(at.slice(1), true).get('in/1')?.offset).toBe(1);
    expect(group.read(at, false).get('in/0')?.offset).toBe(10);
    group.resolve(7, true);
    expect(group.read(at, true).get('in/0')?.offset).toBe(20);
  });

  test('an abort leaves what was committed before', () => {
    const group = new GroupOffsets();
    group.commit(offsets(['in/0', 10]));
    group.stage(seven, offsets(['in/0', 20]));
    group.resolve(7, false);
    expect(group.read(at, true).get('in/0')?.offset).toBe(10);
    group.resolve(7, true);
    expect(group.read(at, true).get('in/0')?.offset).toBe(10);
  });

  test('the later commit stands, whenever the transaction of the earlier one is decided', () => {
    const group = new GroupOffsets();
    group.stage(seven, offsets(['in/0', 20], ['in/1', 2]));
    group.stage(eight, offsets(['in/0', 30]));
    group.commit(offsets(['in/1', 5]));
    group.resolve(8, true);
    expect(() => group.read(at, true)).toThrow(unstable);
    group.resolve(7, true);
    expect([...group.read(at, true).values()].map(({ offset }) => offset)).toEqual([30, 5]);
  });

  test('offsets can be lost, one by one or all', () => {
    const group = new GroupOffsets();
    group.commit(offsets(['in/0', 3], ['in/1', 4]));
    group.expire({ topic: 'in', partition: 0 });
    expect([...group.read(at, true).keys()]).toEqual(['in/1']);
    group.stage(seven, offsets(['in/0', 9]));
    group.clear();
    group.resolve(7, true);
    expect(group.read(at, true).size).toBe(0);
  });
});
