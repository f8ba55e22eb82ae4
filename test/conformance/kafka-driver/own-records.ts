import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { text } from '../../../topology/model/codec.ts';
import type { OutgoingRecord } from '../../../topology/model/record.ts';
import { type PolledBatch, partitionKey, type TopicPartition } from '../../../topology/ports/kafka-driver.ts';
import { eventually, type Law, law } from './law.ts';
import { type Member, polledUpTo, soleMember } from './member.ts';
import {
  at,
  decided,
  numbered,
  producerOf,
  readNow,
  record,
  records,
  sentinel,
  textOf,
  WRITTEN_AT,
  write,
} from './records.ts';
import type { KafkaUnderTest } from './under-test.ts';

/** Where it went on, by `topic/partition`; of a look that found records or nothing there is nothing. */
const steps = (batches: readonly PolledBatch[]): Record<string, number> =>
  Object.fromEntries(batches.map((batch) => [partitionKey(batch), batch.nextOffset]));

/** Steps until it has come to the offset: a broker writes the ends of a transaction out after it has answered. */
const steppedTo = (
  under: KafkaUnderTest,
  { consumer }: Member,
  where: TopicPartition,
  offset: number,
): Promise<readonly PolledBatch[]> =>
  eventually(under, `a step to ${offset}`, async () => {
    const batches = await consumer.stepOver([where]);
    return steps(batches)[partitionKey(where)] === offset ? batches : undefined;
  });

/** What a member needs that reads what it writes itself. */
export const ownRecords: readonly Law[] = [
  law('a send in a transaction says where each of its records stands', ['transactions'], async (under) => {
    const [one, other] = [await under.topic(3), await under.topic(3)];
    const port = await producerOf(under.driver(), under.fresh('id'));
    const kinds: readonly ((value: string) => OutgoingRecord)[] = [
      // More than a batch to one partition.
      (value) => record(`${value}:${randomBytes(120_000).toString('base64')}`),
      (value) => ({ key: text.encode(value), value: text.encode(value), timestamp: WRITTEN_AT }),
      (value) => ({ key: null, value: text.encode(value), timestamp: WRITTEN_AT }),
    ];
    const made = (of: string): OutgoingRecord[] =>
      numbered(of, 8).flatMap((value) => kinds.map((kind, i) => kind(`${value}.${i}`)));
    const places = new Map<string, string>();
    for (const round of ['a', 'b']) {
      port.begin();
      // Of one topic twice at once: each is told of its own.
      const sends = [one, other, one].map(async (topic, i) => {
        const sent = made(`${round}${i}`);
        const runs = await port.send(topic, sent);
        expect(runs.flatMap((run) => run.records).length).toBe(sent.length);
        expect(new Set(runs.flatMap((run) => run.records))).toEqual(new Set(sent));
        for (const { partition, offset, records: run, appendTime } of runs) {
          expect(appendTime).toBeUndefined();
          for (const [n, it] of run.entries()) places.set(`${topic}/${partition}@${offset + n}`, textOf(it));
        }
      });
      await Promise.all(sends);
      await port.commit();
    }
    const found = new Map<string, string>();
    for (const topic of [one, other])
      for (const partition of [0, 1, 2]) {
        await decided(under, at(topic, partition));
        for (const it of await readNow(under.driver(), at(topic, partition)))
          if (!textOf(it).startsWith('sentinel')) found.set(`${topic}/${partition}@${it.offset}`, textOf(it));
      }
    expect(found).toEqual(places);
  }),

  law(
    'control records and what was aborted are stepped over, and records are not',
    ['transactions'],
    async (under) => {
      const topic = await under.topic(2);
      const port = await producerOf(under.driver(), under.fresh('id'));
      for (const [partition, value, end] of [
        [0, 'a', 'commit'],
        [1, 'no', 'abort'],
      ] as const) {
        port.begin();
        await port.send(topic, [record(value, { partition })]);
        await port[end]();
      }
      const member = await soleMember(under, [topic]);
      // At the marker of the one, and at the aborted record of the other.
      member.seek(at(topic, 0), 1);
      member.seek(at(topic, 1), 0);
      const stepped = [
        ...(await steppedTo(under, member, at(topic, 0), 2)),
        ...(await steppedTo(under, member, at(topic, 1), 2)),
      ];
      for (const { assignment, records: of, more } of stepped)
        expect([assignment === member.owned, of, more]).toEqual([true, [], false]);
      // There is nothing more, and what is undecided is not looked at.
      expect(await member.consumer.stepOver([at(topic, 0), at(topic, 1)])).toEqual([]);
      port.begin();
      await port.send(topic, [record('b', { partition: 0 })]);
      expect(await member.consumer.stepOver([at(topic, 0)])).toEqual([]);
      await port.commit();
      const end = await sentinel(under, at(topic, 0));
      expect(await member.consumer.stepOver([at(topic, 0)])).toEqual([]);
      expect((await polledUpTo(under, member, end)).map(textOf)).toEqual(['b']);
    },
  ),

  law('what waits for a poll is not stepped over', ['transactions'], async (under) => {
    const topic = await under.topic();
    const driver = under.driver();
    await driver.producer().send(topic, records('a', 'b', 'c'));
    const member = await soleMember(under, [topic]);
    member.seek(at(topic), 0);
    const seen: string[] = [];
    const poll = async (): Promise<void> => {
      const polled = await member.consumer.poll({ maxRecords: 1, maxBytes: 10_000_000, waitMs: 20 });
      seen.push(...polled.flatMap((batch) => batch.records.map(textOf)));
    };
    while (seen.length === 0) await poll();
    // Behind what was fetched with it comes what could be stepped over.
    const port = await producerOf(driver, under.fresh('id'));
    await write(port, topic, ['no'], 'abort');
    await eventually(under, 'the end of the transaction', async () => {
      const ends = (await driver.admin().ends([at(topic)])).get(`${topic}/0`);
      return ends?.decided === 5 ? true : undefined;
    });
    expect(await member.consumer.stepOver([at(topic)])).toEqual([]);
    while (seen.length < 3) await poll();
    expect(seen).toEqual(['a', 'b', 'c']);
  }),

  law('a read says how far it came: what is undecided it does not pass', ['transactions'], async (under) => {
    const topic = await under.topic();
    const driver = under.driver();
    await driver.producer().send(topic, records('a', 'b'));
    const port = await producerOf(driver, under.fresh('id'));
    port.begin();
    await port.send(topic, records('c'));
    const read = async (from: number, to: number): Promise<[string[], number]> => {
      const found: string[] = [];
      const reached = await driver.read(at(topic), from, to, (batch) =>
        found.push(...batch.records.map(textOf)),
      );
      return [found, reached];
    };
    expect(await read(0, 1)).toEqual([['a'], 1]);
    expect(await read(0, 3)).toEqual([['a', 'b'], 2]);
    expect(await read(2, 3)).toEqual([[], 2]);
    await port.commit();
    const end = await sentinel(under, at(topic));
    expect(await read(0, end)).toEqual([['a', 'b', 'c'], end]);
    expect(await read(3, end)).toEqual([[], end]);
  }),
];
