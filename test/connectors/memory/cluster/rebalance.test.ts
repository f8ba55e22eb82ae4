import { describe, expect, test } from 'vitest';
import { Client, codeOf, REBALANCE, stableGroup, twoMembers } from './group-world.ts';

describe('a rebalance', () => {
  test('the first member leads, alone and at once', () => {
    const { group, clients } = stableGroup(['']);
    expect([group.state, group.generation, clients[0]?.partitions]).toEqual([
      'stable',
      1,
      [0, 1, 2, 3, 4, 5],
    ]);
  });

  test('is over when everybody has rejoined, and assigned when the leader syncs; the others wait for it', () => {
    const { group, a, b } = twoMembers();
    const c = new Client(group).join(100);
    expect([c.answer, a.heartbeat(100), b.heartbeat(100)]).toEqual([
      '',
      'rebalance-in-progress',
      'rebalance-in-progress',
    ]);
    a.join(101);
    expect([group.state, a.answer]).toEqual(['preparing-rebalance', '']);
    b.join(102);
    expect([group.state, ...[a, b, c].map(({ answer }) => answer)]).toEqual([
      'completing-rebalance',
      'joined',
      'joined',
      'joined',
    ]);
    expect([a.members.length, b.members, c.members]).toEqual([3, [], []]);
    c.sync(103);
    b.sync(104);
    expect([b.answer, c.answer]).toEqual(['', '']);
    a.sync(105);
    expect([a, b, c].map(({ answer }) => answer)).toEqual(['synced', 'synced', 'synced']);
    expect([a, b, c].flatMap(({ partitions }) => partitions).toSorted((x, y) => x - y)).toEqual([
      0, 1, 2, 3, 4, 5,
    ]);
    expect([group.state, a.heartbeat(106)]).toEqual(['stable', 'ok']);
  });

  test('the old generation commits until the join is answered, and the new one from then on, before anybody has synced', () => {
    const { group, a, b } = twoMembers();
    const old = [a.memberId ?? '', a.generation] as const;
    const commitOld = (): string =>
      codeOf(() => group.checkCommit({ memberId: old[0], generation: old[1] }, true));
    new Client(group).join(100);
    a.join(100);
    expect([commitOld(), a.commit(false), b.commit(true)]).toEqual(['ok', 'ok', 'ok']);
    b.join(101);
    expect([commitOld(), a.commit(true), a.heartbeat(101)]).toEqual(['generation-fenced', 'ok', 'ok']);
    // Plain commits wait for the end of the rebalance.
    expect(a.commit(false)).toBe('rebalance-in-progress');
  });

  test('a member that has not rejoined when the rebalance time-out has passed is out, though it lives', () => {
    const { group, a, b } = twoMembers();
    const c = new Client(group).join(0);
    a.join(1);
    for (let now = 1_000; now < REBALANCE; now += 1_000) {
      expect(b.heartbeat(now)).toBe('rebalance-in-progress');
      group.tick(now);
    }
    expect([a.answer, c.answer]).toEqual(['', '']);
    group.tick(REBALANCE);
    expect([a.answer, c.answer, b.heartbeat(REBALANCE), b.commit(true)]).toEqual([
      'joined',
      'joined',
      'generation-fenced',
      'generation-fenced',
    ]);
    expect(b.join(REBALANCE).answer).toBe('generation-fenced');
  });

  test('a static member that has not rejoined keeps its place and its partitions', () => {
    const { group, a, b } = twoMembers(['s1', 's2']);
    new Client(group, 's3').join(0);
    a.join(1);
    b.heartbeat(5_000);
    group.tick(REBALANCE);
    a.sync(REBALANCE);
    expect([a.members.length, group.state, a.partitions]).toEqual([3, 'stable', [0, 3]]);
    expect(b.heartbeat(REBALANCE + 1)).toBe('generation-fenced');
    // It comes back into its place: nobody else stops.
    b.join(REBALANCE + 2).sync(REBALANCE + 2);
    expect([b.partitions, group.generation]).toEqual([[1, 4], a.generation]);
  });

  test('waits on when it has passed and only static members are missing', () => {
    const { group, a, b } = twoMembers(['s1', 's2']);
    b.leave(0);
    for (let now = 1_000; now <= REBALANCE + 1_000; now += 1_000) {
      a.heartbeat(now);
      group.tick(now);
    }
    expect([group.state, group.generation]).toEqual(['preparing-rebalance', a.generation]);
    a.join(REBALANCE + 1_001).sync(REBALANCE + 1_001);
    expect([group.state, a.partitions.length]).toEqual(['stable', 6]);
  });

  test('who joined and does not sync within the rebalance time-out is out, though it lives', () => {
    const { group, a, b } = twoMembers();
    a.join(0);
    b.join(0);
    a.sync(0);
    for (let now = 1_000; now <= REBALANCE; now += 1_000) {
      a.heartbeat(now);
      b.heartbeat(now);
      group.tick(now);
    }
    expect([group.state, b.heartbeat(REBALANCE), a.heartbeat(REBALANCE)]).toEqual([
      'preparing-rebalance',
      'generation-fenced',
      'rebalance-in-progress',
    ]);
  });

  test('while it is being synced a newcomer begins another one, and who waited is told', () => {
    const { group, a, b } = twoMembers();
    a.join(0);
    b.join(0);
    b.sync(0);
    const c = new Client(group).join(1);
    expect([b.answer, group.state]).toEqual(['rebalance-in-progress', 'preparing-rebalance']);
    expect(a.sync(1).answer).toBe('rebalance-in-progress');
    a.join(2);
    b.join(2);
    for (const one of [b, c, a]) one.sync(3);
    expect([a, b, c].map(({ partitions }) => partitions.length)).toEqual([2, 2, 2]);
  });

  test('the leader asks for one by joining again, a follower does only with other topics', () => {
    const { group, a, b } = twoMembers();
    const { generation } = group;
    b.join(1);
    expect([b.answer, group.state, group.generation]).toEqual(['joined', 'stable', generation]);
    a.join(2);
    expect([a.answer, group.state]).toEqual(['', 'preparing-rebalance']);
    b.join(3);
    for (const one of [b, a]) one.sync(4);
    b.join(5, ['in', 'more']);
    expect(group.state).toBe('preparing-rebalance');
  });
});

describe('a commit', () => {
  test('without a group is taken in a transaction, and plain only while the group has no members', () => {
    const { group, clients } = stableGroup(['']);
    const check = (transactional: boolean): string =>
      codeOf(() => group.checkCommit({ generation: -1, memberId: '' }, transactional));
    expect([check(true), check(false)]).toEqual(['ok', 'generation-fenced']);
    clients[0]?.leave(1);
    expect([check(true), check(false)]).toEqual(['ok', 'ok']);
  });

  test('of another generation, older or newer, is refused', () => {
    const { group, clients } = stableGroup(['']);
    const memberId = clients[0]?.memberId ?? '';
    for (const generation of [-1, 0, 2]) {
      expect(codeOf(() => group.checkCommit({ generation, memberId }, true))).toBe('generation-fenced');
    }
  });
});
