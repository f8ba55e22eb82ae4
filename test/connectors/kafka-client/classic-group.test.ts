import { expect, test } from 'vitest';
import { ClassicGroup, type GroupCalls, type Share } from '../../../connectors/kafka-client/classic-group.ts';
import { ManualClock } from '../../../connectors/memory/clocks.ts';
import { seconds } from '../../../topology/model/time.ts';

const MEMBER = { memberId: 'm', topics: ['there', 'late'] };
const OPTIONS = { groupId: 'g', sessionTimeout: seconds(6), rebalanceTimeout: seconds(6) };

/** The only member of a group, which leads it and is given what it says; the brokers know these topics. */
function leading(known: ReadonlyMap<string, number>): ClassicGroup {
  const calls: GroupCalls = {
    join: () => Promise.resolve({ leads: true, generation: 1, memberId: 'm', members: [MEMBER] }),
    sync: (_generation, memberId, shares) => Promise.resolve(shares.get(memberId) as Share),
    heartbeat: () => Promise.resolve(),
    leave: () => Promise.resolve(),
  };
  const topics = {
    metadataMaxAge: 30_000,
    topics: (names: readonly string[]) => {
      const found = names.filter((name) => known.has(name));
      const leaders = (name: string): number[] => Array.from({ length: known.get(name) ?? 0 }, () => 1);
      return Promise.resolve(new Map(found.map((name) => [name, { leaders: leaders(name) }])));
    },
  };
  return new ClassicGroup(calls, topics, new ManualClock(0), OPTIONS);
}

test('a topic that no broker knew of when it was shared out is shared out when one knows it', async () => {
  const known = new Map([['there', 2]]);
  const group = leading(known);
  const joined = await group.join(null);
  expect(await group.sync(joined)).toHaveLength(2);
  known.set('late', 3);
  await expect(group.heartbeat('m', 1)).rejects.toMatchObject({ code: 'rebalance-in-progress' });
  expect(await group.sync(await group.join('m'))).toHaveLength(5);
  await group.heartbeat('m', 1);
});
