import { expect } from 'vitest';
import { milliseconds } from '../../../topology/model/time.ts';
import { eventually, fault, type Law, law, moments } from './law.ts';
import { join, owns, partitionsNamed, settled, soleMember } from './member.ts';
import { codeOf, numbered, offsetsOf, record, textOf } from './records.ts';

/** Who owns what, when, and how it is told. */
export const group: readonly Law[] = [
  law('two members share all partitions and read each record exactly once', [], async (under) => {
    const topic = await under.topic(6);
    const sent: string[] = [];
    for (let partition = 0; partition < 6; partition++) {
      const values = numbered(`${partition}:`, 10);
      sent.push(...values);
      await under
        .driver()
        .producer()
        .send(
          topic,
          values.map((value) => record(value, { partition })),
        );
    }
    const options = { groupId: under.fresh('group'), topics: [topic] };
    const members = [await join(under, options), await join(under, options)];
    await settled(under, members);
    expect(members.flatMap(owns).sort()).toEqual(partitionsNamed(topic, 6));
    expect(members.map((member) => owns(member).length)).toEqual([3, 3]);
    const seen: string[] = [];
    await eventually(under, 'all records', async () => {
      for (const member of members) {
        for (const { records } of await member.poll()) seen.push(...records.map(textOf));
      }
      return seen.length >= sent.length ? true : undefined;
    });
    for (const member of members) expect(await member.poll()).toEqual([]);
    expect(seen.sort()).toEqual(sent.sort());
  }),

  law('nobody gets a partition before its owner has finished giving it up', [], async (under) => {
    const topic = await under.topic(2);
    const diary: string[] = [];
    let finish = (): void => {};
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const options = { groupId: under.fresh('group'), topics: [topic], diary };
    const a = await join(under, { ...options, name: 'a', givingUp: () => finished });
    await settled(under, [a]);
    const b = await join(under, { ...options, name: 'b' });
    await eventually(under, 'the word to give up', () => (diary.length > 1 ? true : undefined));
    await moments(under);
    expect(diary).toEqual([`a has ${topic}/0 ${topic}/1`, `a gives up ${topic}/0 ${topic}/1: rebalance`]);
    finish();
    await settled(under, [a, b]);
    expect(diary[2]).toBe('a has given up');
    expect(diary.slice(3).sort()).toEqual([`a has ${owns(a).join()}`, `b has ${owns(b).join()}`]);
  }),

  law(
    'who does not give up in time is left behind, and what it had is fenced',
    ['timeouts', 'fencing by generation'],
    async (under) => {
      const topic = await under.topic(2);
      let finish = (): void => {};
      const finished = new Promise<void>((resolve) => (finish = resolve));
      const options = { groupId: under.fresh('group'), topics: [topic] };
      const slow = await join(under, { ...options, givingUp: () => finished });
      await settled(under, [slow]);
      const { generation } = slow.owned;
      const other = await join(under, options);
      await eventually(under, 'partitions without the slow one', () =>
        owns(other).length === 2 ? true : undefined,
      );
      expect(await codeOf(slow.consumer.commit(offsetsOf(topic, 1), generation))).toBe('generation-fenced');
      finish();
      await settled(under, [slow, other]);
    },
  ),

  law('the work on a long batch does not end the membership', [], async (under) => {
    const topic = await under.topic();
    const member = await soleMember(under, [topic]);
    const first = member.owned;
    await member.poll();
    await under.clock.sleep(milliseconds(3 * under.sessionTimeout));
    expect(member.assignment).toBe(first);
    expect(member.diary).toEqual([`member has ${topic}/0`]);
    await member.consumer.commit(offsetsOf(topic, 1), first.generation);
  }),

  law('a member that closes hands over at once, and is not told to give up', [], async (under) => {
    const topic = await under.topic(4);
    const options = { groupId: under.fresh('group'), topics: [topic] };
    const [a, b] = [await join(under, options), await join(under, options)];
    await settled(under, [a, b]);
    const told = b.diary.length;
    await b.consumer.close();
    await settled(under, [a]);
    expect(owns(a)).toEqual(partitionsNamed(topic, 4));
    expect(b.diary.slice(told)).toEqual([]);
    expect(await b.consumer.poll({ maxRecords: 1, maxBytes: 1, waitMs: 0 })).toEqual([]);
  }),

  law(
    'a member that is killed is taken for dead, and the others get its partitions',
    ['kill'],
    async (under) => {
      const topic = await under.topic(4);
      const options = { groupId: under.fresh('group'), topics: [topic] };
      const [a, b] = [await join(under, options), await join(under, options)];
      await settled(under, [a, b]);
      fault(under, 'kill')(b.driver);
      await eventually(under, 'the partitions of the dead', () => (owns(a).length === 4 ? true : undefined));
      expect(a.diary).toContainEqual(expect.stringMatching(/^member gives up .*: rebalance$/));
    },
  ),

  law('a member that is killed while it joins keeps nothing from the others', ['kill'], async (under) => {
    const topic = await under.topic(4);
    let finish = (): void => {};
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const options = { groupId: under.fresh('group'), topics: [topic] };
    const a = await join(under, { ...options, givingUp: () => finished });
    await settled(under, [a]);
    const first = a.owned;
    const b = await join(under, options);
    await eventually(under, 'the word to give up', () => (a.diary.length > 1 ? true : undefined));
    fault(under, 'kill')(b.driver);
    finish();
    await eventually(under, 'all partitions, assigned anew', () =>
      a.assignment !== first && owns(a).length === 4 ? true : undefined,
    );
  }),

  law(
    'a static member that comes back takes its own partitions, and nobody else stops',
    ['static membership', 'freeze'],
    async (under) => {
      const topic = await under.topic(4);
      const options = { groupId: under.fresh('group'), topics: [topic] };
      const [a, b] = [
        await join(under, { ...options, instanceId: 'slot-a' }),
        await join(under, { ...options, instanceId: 'slot-b' }),
      ];
      await settled(under, [a, b]);
      const [before, stays, told] = [owns(a), b.owned, b.diary.length];
      fault(under, 'freeze')(a.driver);
      const back = await join(under, { ...options, instanceId: 'slot-a' });
      await settled(under, [back, b]);
      expect(owns(back)).toEqual(before);
      expect(b.assignment).toBe(stays);
      expect(b.diary).toHaveLength(told);
      await b.consumer.commit(offsetsOf(topic, 1), stays.generation);
    },
  ),

  law(
    'a static member that closes and remains keeps its place: back under its slot it has its partitions, and nobody else stops',
    ['static membership'],
    async (under) => {
      const topic = await under.topic(4);
      const options = { groupId: under.fresh('group'), topics: [topic] };
      const [a, b] = [
        await join(under, { ...options, instanceId: 'slot-a' }),
        await join(under, { ...options, instanceId: 'slot-b' }),
      ];
      await settled(under, [a, b]);
      const [before, stays, told] = [owns(a), b.owned, b.diary.length];
      await a.consumer.close('remain');
      const back = await join(under, { ...options, instanceId: 'slot-a' });
      await settled(under, [back, b]);
      expect(owns(back)).toEqual(before);
      expect(b.assignment).toBe(stays);
      expect(b.diary).toHaveLength(told);
      await b.consumer.commit(offsetsOf(topic, 1), stays.generation);
      await back.consumer.close('leave');
      await eventually(under, 'the partitions of the one that left', () =>
        owns(b).length === 4 ? true : undefined,
      );
    },
  ),

  law(
    'a static member that closes, remains and never comes back is taken for dead',
    ['static membership', 'timeouts'],
    async (under) => {
      const topic = await under.topic(2);
      const options = { groupId: under.fresh('group'), topics: [topic] };
      const [gone, other] = [
        await join(under, { ...options, instanceId: 'slot-a' }),
        await join(under, { ...options, instanceId: 'slot-b' }),
      ];
      await settled(under, [gone, other]);
      await gone.consumer.close('remain');
      await eventually(under, 'the partitions of the one that is gone', () =>
        owns(other).length === 2 ? true : undefined,
      );
    },
  ),

  law(
    'the assignment of each rebalance is an object of its own, and its batches bear it',
    [],
    async (under) => {
      const topic = await under.topic(2);
      for (const partition of [0, 1]) {
        await under
          .driver()
          .producer()
          .send(topic, [record('v', { partition })]);
      }
      const options = { groupId: under.fresh('group'), topics: [topic] };
      const a = await join(under, options);
      await settled(under, [a]);
      const first = a.owned;
      const batch = await eventually(under, 'a batch', async () => (await a.poll())[0]);
      expect(batch.assignment).toBe(first);
      const b = await join(under, options);
      await settled(under, [a, b]);
      expect(a.owned).not.toBe(first);
      expect(a.owned.generation.generation).toBeGreaterThan(first.generation.generation);
      expect(first.partitions).toHaveLength(2);
      const again = await eventually(under, 'a batch', async () => (await a.poll())[0]);
      expect(again.assignment).toBe(a.owned);
    },
  ),

  law('a member without partitions has an assignment, and polls nothing', [], async (under) => {
    const topic = await under.topic();
    const options = { groupId: under.fresh('group'), topics: [topic] };
    const members = [await join(under, options), await join(under, options)];
    await settled(under, members);
    const idle = members.find((member) => owns(member).length === 0);
    await under
      .driver()
      .producer()
      .send(topic, [record('v')]);
    expect(await idle?.poll()).toEqual([]);
    expect(members.flatMap(owns)).toEqual([`${topic}/0`]);
  }),
];
