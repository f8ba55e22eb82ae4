import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { text } from '../../../topology/model/codec.ts';
import type { OutgoingRecord } from '../../../topology/model/record.ts';
import { seconds } from '../../../topology/model/time.ts';
import { eventually, fault, type Law, law } from './law.ts';
import { soleMember } from './member.ts';
import { at, codeOf, numbered, offsetsOf, readNow, record, records, textOf, WRITTEN_AT } from './records.ts';

/** What works without transactions. */
export const atLeastOnce: readonly Law[] = [
  law('what is acknowledged is in the log, in the order it was sent', [], async (under) => {
    const topic = await under.topic();
    const producer = under.driver().producer();
    for (const value of numbered('v', 10)) await producer.send(topic, records(value, `${value}'`));
    await producer.send(topic, []);
    await producer.close();
    const there = (await readNow(under.driver(), at(topic))).map(textOf);
    expect(there).toEqual(numbered('v', 10).flatMap((value) => [value, `${value}'`]));
  }),

  law('a send may be larger than the largest batch, in a transaction too', [], async (under) => {
    const topic = await under.topic();
    // Six megabytes that do not compress, to one partition.
    const large = Array.from({ length: 300 }, (_, i) =>
      record(`${i}:${randomBytes(15_000).toString('base64')}`),
    );
    const producer = under.driver().producer();
    await producer.send(topic, large);
    await producer.send(topic, records('behind'));
    const port = under.driver().transactions({ transactionalId: under.fresh('id'), timeout: seconds(20) });
    await port.init();
    port.begin();
    await port.send(topic, large);
    await port.commit();
    await producer.send(topic, records('last'));
    const read = await eventually(under, 'the last record', async () => {
      const there = (await readNow(under.driver(), at(topic))).map((one) => textOf(one).split(':')[0]);
      return there.at(-1) === 'last' ? there : undefined;
    });
    const numbers = large.map((_, i) => String(i));
    expect(read).toEqual([...numbers, 'behind', ...numbers, 'last']);
  }),

  law('a send says where each of its records stands', [], async (under) => {
    const topic = await under.topic(3);
    // More than a batch to one partition, a key, and neither key nor partition; three producers write between each other.
    const kinds: readonly ((value: string) => OutgoingRecord)[] = [
      (value) => record(`${value}:${randomBytes(120_000).toString('base64')}`),
      (value) => ({ key: text.encode(value), value: text.encode(value), timestamp: WRITTEN_AT }),
      (value) => ({ key: null, value: text.encode(value), timestamp: WRITTEN_AT }),
    ];
    const sends = ['a', 'b', 'c'].map((of) =>
      numbered(of, 10).flatMap((value) => kinds.map((kind, i) => kind(`${value}.${i}`))),
    );
    const where = new Map<string, OutgoingRecord>();
    await Promise.all(
      sends.map(async (sent) => {
        for (const { partition, offset, records: run } of await under.driver().producer().send(topic, sent))
          for (const [i, one] of run.entries()) where.set(`${partition}/${offset + i}`, one);
      }),
    );
    expect(new Set(where.values())).toEqual(new Set(sends.flat()));
    const there = new Map<string, string>();
    for (const partition of [0, 1, 2])
      for (const one of await readNow(under.driver(), at(topic, partition)))
        there.set(`${partition}/${one.offset}`, textOf(one));
    expect(there).toEqual(new Map([...where].map(([place, one]) => [place, textOf(one)])));
    expect(await under.driver().producer().send(topic, [])).toEqual([]);
  }),

  law('a send whose answer is lost is there, or is reported', ['lose'], async (under) => {
    for (const what of ['answer', 'request'] as const) {
      const topic = await under.topic();
      const process = under.driver();
      const producer = process.producer();
      await producer.send(topic, records('before'));
      const lost = fault(under, 'lose')(process, 'produce', what);
      const outcome = await codeOf(producer.send(topic, records('lost')));
      if (outcome !== 'no error') await producer.send(topic, records('lost'));
      await producer.send(topic, records('after'));
      expect(lost()).toBe(true);
      const there = (await readNow(process, at(topic))).map(textOf);
      // More than once is allowed; out of order, or not at all, is not.
      expect([...new Set(there)]).toEqual(['before', 'lost', 'after']);
    }
  }),

  law('a partition or topic that is not there is refused, and with it the whole send', [], async (under) => {
    const topic = await under.topic();
    const producer = under.driver().producer();
    const partly = [record('with it'), record('v', { partition: 7 })];
    expect(await codeOf(producer.send(topic, partly))).toBe('configuration');
    expect(await codeOf(producer.send(under.fresh('nowhere'), records('v')))).toBe('configuration');
    expect(await readNow(under.driver(), at(topic))).toEqual([]);
  }),

  law(
    'an offset that is committed is read back with what was said of it, by any process',
    [],
    async (under) => {
      const topic = await under.topic(2);
      const member = await soleMember(under, [topic]);
      const { generation } = member.owned;
      await member.consumer.commit(offsetsOf(topic, 1), generation);
      await member.consumer.commit(offsetsOf(topic, 4), generation);
      const where = [at(topic, 0), at(topic, 1)];
      expect(await member.consumer.committed(where)).toEqual(offsetsOf(topic, 4));
      expect(await under.driver().admin().committed(generation.groupId, where)).toEqual(offsetsOf(topic, 4));
      // A replay goes back.
      await member.consumer.commit(offsetsOf(topic, 2), generation);
      expect(await member.consumer.committed(where)).toEqual(offsetsOf(topic, 2));
    },
  ),

  law('offsets outlive the group that committed them', [], async (under) => {
    const topic = await under.topic();
    const member = await soleMember(under, [topic]);
    const { generation } = member.owned;
    await member.consumer.commit(offsetsOf(topic, 3), generation);
    await member.consumer.close();
    const late = member.consumer.commit(offsetsOf(topic, 9), generation);
    expect(await codeOf(late)).toBe('generation-fenced');
    const committed = await under
      .driver()
      .admin()
      .committed(generation.groupId, [at(topic)]);
    expect(committed).toEqual(offsetsOf(topic, 3));
  }),
];
