import { expect, test } from 'vitest';
import type { PolledBatch } from '../../../topology/ports/kafka-driver.ts';
import { Owned } from '../../../topology/runtime/owned.ts';

test('there is a backlog as long as more is known to be there of one partition, whatever came last', () => {
  const partitions = [0, 1].map((partition) => ({ topic: 't', partition }));
  const assignment = { partitions, generation: { groupId: 'g', generation: 1, memberId: 'm' } };
  const owned = new Owned(assignment, () => 'all');
  const polled = (partition: number, more: boolean): boolean => {
    const batch: PolledBatch = { topic: 't', partition, records: [], nextOffset: 1, more, assignment };
    owned.polled(batch);
    return owned.behind;
  };
  expect(owned.behind).toBe(false);
  expect([polled(0, true), polled(1, false), polled(1, true), polled(0, false), polled(1, false)]).toEqual([
    true,
    true,
    true,
    true,
    false,
  ]);
});
