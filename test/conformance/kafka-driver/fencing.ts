import { expect } from 'vitest';
import { eventually, fault, type Law, law } from './law.ts';
import { join, settled, soleMember } from './member.ts';
import { at, codeOf, decided, offsetsOf, producerOf, record, records, write } from './records.ts';

/** Who is not the owner any more writes nothing. */
export const fencing: readonly Law[] = [
  law(
    'a producer is fenced by a newer one of its id, which aborts what it left open',
    ['transactions'],
    async (under) => {
      const topic = await under.topic();
      const id = under.fresh('id');
      const zombie = await producerOf(under.driver(), id);
      zombie.begin();
      await zombie.send(topic, records('zombie'));
      const young = await producerOf(under.driver(), id);
      expect(await codeOf(zombie.commit())).toBe('fenced');
      await write(young, topic, ['young'], 'commit');
      expect(await decided(under, at(topic))).toEqual(['young']);
    },
  ),

  law(
    'a fenced producer can neither send, nor commit, nor tear the transaction of the newer one',
    ['transactions'],
    async (under) => {
      const topic = await under.topic(2);
      const id = under.fresh('id');
      const zombie = await producerOf(under.driver(), id);
      zombie.begin();
      await zombie.send(topic, records('zombie'));
      const young = await producerOf(under.driver(), id);
      young.begin();
      await young.send(topic, records('young'));
      expect(await codeOf(zombie.send(topic, records('more')))).toBe('fenced');
      expect(await codeOf(zombie.send(topic, [record('elsewhere', { partition: 1 })]))).toBe('fenced');
      expect(await codeOf(zombie.abort())).toBe('fenced');
      await young.send(topic, records('still'));
      await young.commit();
      expect(await decided(under, at(topic))).toEqual(['young', 'still']);
      expect(await decided(under, at(topic, 1))).toEqual([]);
    },
  ),

  law(
    'a producer that begins after a newer one has come is fenced at its first send, each time',
    ['transactions'],
    async (under) => {
      const topic = await under.topic();
      const id = under.fresh('id');
      const zombie = await producerOf(under.driver(), id);
      await producerOf(under.driver(), id);
      for (const value of ['zombie', 'again', 'once more']) {
        zombie.begin();
        expect(await codeOf(zombie.send(topic, records(value)))).toBe('fenced');
      }
      expect(await decided(under, at(topic))).toEqual([]);
    },
  ),

  law(
    'whichever transaction of a producer is open when a newer one comes is aborted',
    ['transactions'],
    async (under) => {
      for (const before of [['a'], ['a', 'b']]) {
        const topic = await under.topic();
        const id = under.fresh('id');
        const zombie = await producerOf(under.driver(), id);
        for (const value of before) await write(zombie, topic, [value], 'commit');
        zombie.begin();
        await zombie.send(topic, records('zombie'));
        await producerOf(under.driver(), id);
        expect(await decided(under, at(topic))).toEqual(before);
      }
    },
  ),

  law('producers of two ids do not fence each other', ['transactions'], async (under) => {
    const topic = await under.topic();
    const [a, b] = [
      await producerOf(under.driver(), under.fresh('id')),
      await producerOf(under.driver(), under.fresh('id')),
    ];
    a.begin();
    b.begin();
    await a.send(topic, records('a'));
    await b.send(topic, records('b'));
    await b.commit();
    await a.commit();
    expect(await decided(under, at(topic))).toEqual(['a', 'b']);
  }),

  law('a producer that was never initialised is fenced', ['transactions'], async (under) => {
    const topic = await under.topic();
    const timeout = under.sessionTimeout;
    const port = under.driver().transactions({ transactionalId: under.fresh('id'), timeout });
    port.begin();
    expect(await codeOf(port.send(topic, records('zombie')))).toBe('fenced');
    expect(await decided(under, at(topic))).toEqual([]);
  }),

  law(
    'offsets under a generation that has gone are refused, in a transaction and outside',
    ['fencing by generation', 'transactions'],
    async (under) => {
      const topic = await under.topic(2);
      const groupId = under.fresh('group');
      const options = { groupId, topics: [topic] };
      const a = await join(under, options);
      await settled(under, [a]);
      const gone = a.owned.generation;
      const b = await join(under, options);
      await settled(under, [a, b]);
      const port = await producerOf(a.driver, under.fresh('id'));
      port.begin();
      expect(await codeOf(port.sendOffsets(offsetsOf(topic, 1), gone))).toBe('generation-fenced');
      await port.abort();
      expect(await codeOf(a.consumer.commit(offsetsOf(topic, 1), gone))).toBe('generation-fenced');
      expect((await a.consumer.committed([at(topic)])).size).toBe(0);
      port.begin();
      await port.sendOffsets(offsetsOf(topic, 2), a.owned.generation);
      await port.commit();
      await a.consumer.commit(offsetsOf(topic, 3, 1), a.owned.generation);
    },
  ),

  law(
    'offsets of a member that has left are refused',
    ['fencing by generation', 'transactions'],
    async (under) => {
      const topic = await under.topic();
      const member = await soleMember(under, [topic]);
      const { generation } = member.owned;
      await member.consumer.close();
      const port = await producerOf(member.driver, under.fresh('id'));
      port.begin();
      expect(await codeOf(port.sendOffsets(offsetsOf(topic, 1), generation))).toBe('generation-fenced');
      await port.abort();
      const committed = await under
        .driver()
        .admin()
        .committed(generation.groupId, [at(topic)]);
      expect(committed.size).toBe(0);
    },
  ),

  law(
    'of two processes under one slot name the older one is fenced, and its polls say so',
    ['static membership', 'fencing by generation', 'transactions'],
    async (under) => {
      const topic = await under.topic();
      const options = { groupId: under.fresh('group'), topics: [topic], instanceId: 'slot' };
      const older = await join(under, options);
      await settled(under, [older]);
      const { generation } = older.owned;
      const newer = await join(under, options);
      await settled(under, [newer]);
      const port = await producerOf(older.driver, under.fresh('id'));
      port.begin();
      expect(await codeOf(port.sendOffsets(offsetsOf(topic, 1), generation))).toBe('instance-fenced');
      await port.abort();
      const code = await eventually(under, 'a poll that says that the slot is taken', async () => {
        const answer = await codeOf(older.poll());
        return answer === 'no error' ? undefined : answer;
      });
      expect(code).toBe('instance-fenced');
      port.begin();
      await port.sendOffsets(offsetsOf(topic, 2), newer.owned.generation);
      await port.commit();
    },
  ),

  law(
    'who is out of the group already closes without an error',
    ['static membership', 'fencing by generation'],
    async (under) => {
      const topic = await under.topic();
      const options = { groupId: under.fresh('group'), topics: [topic], instanceId: 'slot' };
      const older = await join(under, options);
      await settled(under, [older]);
      const newer = await join(under, options);
      await settled(under, [newer]);
      await older.consumer.close();
      await newer.consumer.commit(offsetsOf(topic, 1), newer.owned.generation);
      await newer.consumer.close();
      await newer.consumer.close();
    },
  ),

  law(
    'a member that slept through its session wakes up fenced and is told that all is lost',
    ['fencing by generation', 'transactions', 'freeze', 'timeouts'],
    async (under) => {
      const topic = await under.topic(2);
      const options = { groupId: under.fresh('group'), topics: [topic] };
      const sleeper = await join(under, { ...options, name: 'sleeper' });
      await settled(under, [sleeper]);
      const { generation } = sleeper.owned;
      const port = await producerOf(sleeper.driver, under.fresh('id'));
      const wake = fault(under, 'freeze')(sleeper.driver);
      const other = await join(under, options);
      await settled(under, [other]);
      wake();
      port.begin();
      expect(await codeOf(port.sendOffsets(offsetsOf(topic, 1), generation))).toBe('generation-fenced');
      await eventually(under, 'word of the loss', () =>
        sleeper.diary.includes(`sleeper gives up ${topic}/0 ${topic}/1: lost`) ? true : undefined,
      );
      await settled(under, [sleeper, other]);
    },
  ),

  law(
    'an answer that comes after a rebalance bears the assignment it was asked under',
    ['holdFetch'],
    async (under) => {
      const topic = await under.topic(2);
      for (const partition of [0, 1]) {
        await under
          .driver()
          .producer()
          .send(topic, [record('early', { partition })]);
      }
      const options = { groupId: under.fresh('group'), topics: [topic] };
      const a = await join(under, options);
      await settled(under, [a]);
      const first = a.owned;
      const { underWay, letGo } = fault(under, 'holdFetch')(a.driver);
      const polling = a.poll();
      await underWay;
      const b = await join(under, options);
      await settled(under, [a, b]);
      letGo();
      // A driver may also drop it: then there is none.
      for (const { assignment } of await polling) expect(assignment).toBe(first);
      expect(a.owned).not.toBe(first);
      // What was read in vain is read again by the new owners, also when that is the same one.
      for (const member of [a, b]) {
        const seen = await eventually(under, 'the record of its partition', async () => {
          const batches = await member.poll();
          return batches.find(({ assignment }) => assignment === member.assignment);
        });
        expect(member.owned.partitions).toEqual([at(topic, seen.partition)]);
        expect(seen.records).toHaveLength(1);
      }
    },
  ),
];
