import { expect } from 'vitest';
import { seconds } from '../../../topology/model/time.ts';
import type { CommittedOffset, ConsumerPort, TopicPartition } from '../../../topology/ports/kafka-driver.ts';
import { eventually, type Law, law, moments } from './law.ts';
import { soleMember } from './member.ts';
import { at, codeOf, decided, numbered, offsetsOf, producerOf, record, records, write } from './records.ts';
import type { KafkaUnderTest } from './under-test.ts';

type Committed = Pick<ConsumerPort, 'committed'>;

/** A driver may wait for what is undecided, or say so: then it is asked again. */
const stable = (
  under: KafkaUnderTest,
  from: Committed,
  where: readonly TopicPartition[],
): Promise<ReadonlyMap<string, CommittedOffset>> =>
  eventually(under, 'the stable offsets', async () => {
    try {
      return await from.committed(where);
    } catch (error) {
      expect(error).toMatchObject({ code: 'unstable-offsets' });
      return undefined;
    }
  });

/** Transactions and the offsets in them, when nothing goes wrong. */
export const transactions: readonly Law[] = [
  law('outputs of several topics and offsets stand or fall together', ['transactions'], async (under) => {
    const [input, one, other] = [await under.topic(), await under.topic(), await under.topic()];
    const member = await soleMember(under, [input]);
    const port = await producerOf(member.driver, under.fresh('id'));
    const { generation } = member.owned;
    for (const [value, end] of [
      ['no', 'abort'],
      ['yes', 'commit'],
    ] as const) {
      port.begin();
      await port.send(one, records(value));
      await port.send(other, records(value));
      await port.sendOffsets(offsetsOf(input, value.length), generation);
      await port[end]();
      const committed = await stable(under, member.consumer, [at(input)]);
      expect([...committed]).toEqual(value === 'no' ? [] : [...offsetsOf(input, 3)]);
      const admin = under.driver().admin();
      const seen = {
        committed: (where: readonly TopicPartition[]) => admin.committed(generation.groupId, where),
      };
      expect(await stable(under, seen, [at(input)])).toEqual(committed);
    }
    expect([await decided(under, at(one)), await decided(under, at(other))]).toEqual([['yes'], ['yes']]);
  }),

  law('an end of a transaction without anything in it ends nothing', ['transactions'], async (under) => {
    const topic = await under.topic();
    const port = await producerOf(under.driver(), under.fresh('id'));
    const empty = async (): Promise<void> => {
      for (const end of ['abort', 'commit', 'commit', 'abort'] as const) {
        port.begin();
        await port[end]();
      }
    };
    await empty();
    await write(port, topic, ['a'], 'commit');
    await empty();
    await write(port, topic, ['no'], 'abort');
    await empty();
    await write(port, topic, ['b'], 'commit');
    expect(await decided(under, at(topic))).toEqual(['a', 'b']);
  }),

  law(
    'a transaction begins while the markers of the last one are being written',
    ['transactions'],
    async (under) => {
      const [input, output] = [await under.topic(), await under.topic()];
      const member = await soleMember(under, [input]);
      const port = await producerOf(member.driver, under.fresh('id'));
      for (let i = 0; i < 30; i++) {
        port.begin();
        if (i % 2 === 0) await port.send(output, records(`v${i / 2}`));
        await port.sendOffsets(offsetsOf(input, i + 1), member.owned.generation);
        await port.commit();
      }
      expect(await decided(under, at(output))).toEqual(numbered('v', 15));
      const committed = await stable(under, member.consumer, [at(input)]);
      expect(committed.get(`${input}/0`)?.offset).toBe(30);
    },
  ),

  law(
    'sends and offsets that are under way at once are all in the transaction',
    ['transactions'],
    async (under) => {
      const [input, one, other] = [await under.topic(2), await under.topic(2), await under.topic()];
      const member = await soleMember(under, [input]);
      const port = await producerOf(member.driver, under.fresh('id'));
      const { generation } = member.owned;
      port.begin();
      await Promise.all([
        port.send(one, records('a')),
        port.send(one, records('b')),
        port.sendOffsets(offsetsOf(input, 5, 0), generation),
        port.send(one, [record('c', { partition: 1 })]),
        port.sendOffsets(offsetsOf(input, 6, 1), generation),
        port.send(other, records('d')),
      ]);
      await port.commit();
      expect((await decided(under, at(one))).toSorted()).toEqual(['a', 'b']);
      expect(await decided(under, at(one, 1))).toEqual(['c']);
      expect(await decided(under, at(other))).toEqual(['d']);
      const committed = await stable(under, member.consumer, [at(input, 0), at(input, 1)]);
      expect([committed.get(`${input}/0`)?.offset, committed.get(`${input}/1`)?.offset]).toEqual([5, 6]);
    },
  ),

  law(
    'offsets are read when the transaction that moves them is decided',
    ['transactions', 'stable offsets'],
    async (under) => {
      for (const end of ['commit', 'abort'] as const) {
        const input = await under.topic();
        const member = await soleMember(under, [input]);
        const { generation } = member.owned;
        const port = await producerOf(member.driver, under.fresh('id'));
        port.begin();
        await port.sendOffsets(offsetsOf(input, 10), generation);
        await port.commit();
        port.begin();
        await port.sendOffsets(offsetsOf(input, 20), generation);
        const admin = under.driver().admin();
        const reads = [
          stable(under, member.consumer, [at(input)]),
          stable(under, { committed: (where) => admin.committed(generation.groupId, where) }, [at(input)]),
        ];
        await moments(under);
        const before = await admin.committed(generation.groupId, [at(input)], 'passed-over');
        expect(before.get(`${input}/0`)?.offset).toBe(10);
        await port[end]();
        for (const read of await Promise.all(reads)) {
          expect(read.get(`${input}/0`)?.offset, end).toBe(end === 'commit' ? 20 : 10);
        }
      }
    },
  ),

  law(
    'a transaction that is open for too long is aborted, and its producer fenced',
    ['transactions', 'timeouts'],
    async (under) => {
      const topic = await under.topic();
      const port = await producerOf(under.driver(), under.fresh('id'), seconds(1));
      port.begin();
      await port.send(topic, records('late'));
      expect(await decided(under, at(topic))).toEqual([]);
      // Under version 2 of the protocol the broker says that there is nothing to end.
      expect(['fenced', 'invalid-transaction']).toContain(await codeOf(port.commit()));
    },
  ),

  law(
    'a producer that has timed out goes on after it is initialised anew',
    ['transactions', 'timeouts'],
    async (under) => {
      const topic = await under.topic();
      const driver = under.driver();
      const id = under.fresh('id');
      const late = await producerOf(driver, id, seconds(1));
      late.begin();
      await late.send(topic, records('late'));
      await decided(under, at(topic));
      await write(await producerOf(driver, id), topic, ['anew'], 'commit');
      expect((await decided(under, at(topic))).slice(1)).toEqual(['anew']);
    },
  ),

  law(
    'what is not there is refused at the send, so that no commit fails half way',
    ['transactions'],
    async (under) => {
      const topic = await under.topic();
      const port = await producerOf(under.driver(), under.fresh('id'));
      for (const [where, partition] of [
        [under.fresh('nowhere'), 0],
        [topic, 7],
      ] as const) {
        port.begin();
        await port.send(topic, records('with it'));
        expect(await codeOf(port.send(where, [record('nowhere', { partition })]))).toBe('configuration');
        await port.abort();
      }
      expect(await decided(under, at(topic))).toEqual([]);
    },
  ),
];
