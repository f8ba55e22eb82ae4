import { describe, expect, test } from 'vitest';
import { Client, SESSION, stableGroup, twoMembers } from './group-world.ts';

describe('a session', () => {
  test('ends when nothing is heard of the member, and its partitions go to the others', () => {
    const { group, a, b } = twoMembers();
    a.heartbeat(SESSION - 1);
    group.tick(SESSION - 1);
    expect(group.state).toBe('stable');
    group.tick(SESSION);
    expect([group.state, a.heartbeat(SESSION), b.heartbeat(SESSION)]).toEqual([
      'preparing-rebalance',
      'rebalance-in-progress',
      'generation-fenced',
    ]);
    a.join(SESSION).sync(SESSION);
    expect(a.partitions).toHaveLength(6);
  });

  test('does not end while the member waits for an answer', () => {
    const { group, a, b } = twoMembers();
    b.heartbeat(SESSION / 2);
    const c = new Client(group).join(SESSION / 2);
    a.join(SESSION / 2);
    b.heartbeat(SESSION);
    group.tick(SESSION + SESSION / 2);
    expect([a.answer, c.answer, group.state]).toEqual(['', '', 'preparing-rebalance']);
    b.join(SESSION + SESSION / 2);
    expect(c.answer).toBe('joined');
  });

  test('the last one leaves an empty group with a generation that fences it', () => {
    const { group, clients } = stableGroup(['']);
    group.tick(SESSION);
    expect([group.state, group.generation, clients[0]?.commit(true)]).toEqual([
      'empty',
      2,
      'generation-fenced',
    ]);
  });

  test('leaving ends it at once, and leaving twice changes nothing', () => {
    const { group, a, b } = twoMembers();
    a.leave(1);
    expect([group.state, b.heartbeat(1)]).toEqual(['preparing-rebalance', 'rebalance-in-progress']);
    b.join(2).sync(2);
    expect(a.leave(3)).toBe('generation-fenced');
    expect([group.state, b.partitions.length]).toEqual(['stable', 6]);
  });
});

describe('a static member', () => {
  test('that comes back under its slot takes its partitions back, and nobody else stops', () => {
    const { group, a, b } = twoMembers(['s1', 's2']);
    const { generation } = group;
    const back = new Client(group, 's2').join(1_000).sync(1_000);
    expect([back.answer, back.partitions, group.generation]).toEqual(['synced', b.partitions, generation]);
    expect([back.commit(true), a.heartbeat(1_000)]).toEqual(['ok', 'ok']);
  });

  test('fences whoever lives under its slot name, and what that one does no longer counts', () => {
    const { group, b } = twoMembers(['s1', 's2']);
    const back = new Client(group, 's2').join(1_000).sync(1_000);
    expect(b.heartbeat(1_001)).toBe('instance-fenced');
    expect([b.commit(true, 's2'), b.commit(true)]).toEqual(['instance-fenced', 'generation-fenced']);
    expect([b.sync(1_001).answer, b.join(1_001).answer]).toEqual(['instance-fenced', 'instance-fenced']);
    expect(b.leave(1_002)).toBe('instance-fenced');
    expect([group.state, back.heartbeat(1_002)]).toEqual(['stable', 'ok']);
  });

  test('that leads, leads on after it came back', () => {
    const { group, a, b } = twoMembers(['s1', 's2']);
    const back = new Client(group, 's1').join(1).sync(1);
    expect([back.partitions, back.members.length]).toEqual([a.partitions, 2]);
    new Client(group, 's3').join(2);
    back.join(3);
    b.join(3);
    back.sync(4);
    expect([group.state, back.partitions]).toEqual(['stable', [0, 3]]);
  });

  test('that comes back with other topics, or in the middle of a rebalance, takes part in one', () => {
    const { group, a, b } = twoMembers(['s1', 's2']);
    const back = new Client(group, 's2', ['in', 'more']).join(1);
    expect([back.answer, group.state]).toEqual(['', 'preparing-rebalance']);
    const again = new Client(group, 's2').join(2);
    expect(back.answer).toBe('instance-fenced');
    a.join(3);
    expect(again.answer).toBe('joined');
    new Client(group, 's2').join(4);
    expect([group.state, again.sync(5).answer, b.heartbeat(5)]).toEqual([
      'preparing-rebalance',
      'instance-fenced',
      'instance-fenced',
    ]);
  });
});

test('who leaves while it waits for an answer gets one', () => {
  const { group, a, b } = twoMembers();
  const c = new Client(group).join(0);
  a.join(1);
  a.leave(2);
  expect([a.answer, b.heartbeat(2), c.answer]).toEqual(['generation-fenced', 'rebalance-in-progress', '']);
  b.join(3);
  expect([b.answer, c.answer, b.members.length]).toEqual(['joined', 'joined', 2]);
  c.sync(4).leave(5);
  expect(c.answer).toBe('generation-fenced');
});
