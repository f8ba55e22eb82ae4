import fc from 'fast-check';
import { expect } from 'vitest';
import { eventually, type Law, law, moments } from './law.ts';
import { polledUpTo, soleMember } from './member.ts';
import {
  at,
  decided,
  LIMITS,
  numbered,
  producerOf,
  record,
  records,
  sentinel,
  textOf,
  textsNow,
  write,
} from './records.ts';
import type { KafkaUnderTest } from './under-test.ts';

/** What both ways of reading give of a partition whose transactions are all decided; the sentinel is left out. */
async function both(under: KafkaUnderTest, topic: string, maxBytes = LIMITS.maxBytes): Promise<string[][]> {
  const end = await sentinel(under, at(topic));
  const member = await soleMember(under, [topic]);
  const polled = await polledUpTo(under, member, end, { maxBytes });
  return [(await decided(under, at(topic))).slice(0, -1), polled.map(textOf)];
}

type Step = readonly [producer: number, what: 'send' | 'commit' | 'abort'];

/** Several producers that send, commit and abort as it comes. */
const schedules: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(
    fc.nat({ max: 3 }),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant('send' as const) },
      { weight: 1, arbitrary: fc.constantFrom('commit' as const, 'abort' as const) },
    ),
  ),
  { minLength: 80, maxLength: 120, size: 'max' },
);

/** Plays the steps and gives what is committed, in the order of the log. */
async function play(under: KafkaUnderTest, topic: string, steps: readonly Step[]): Promise<string[]> {
  const id = under.fresh('interleaved');
  const producers = await Promise.all([0, 1, 2, 3].map((i) => producerOf(under.driver(), `${id}-${i}`)));
  const fate = new Map<string, boolean>();
  const open: string[][] = producers.map(() => []);
  const end = async (i: number, commit: boolean): Promise<void> => {
    await producers[i]?.[commit ? 'commit' : 'abort']();
    for (const value of open[i] ?? []) fate.set(value, commit);
    open[i] = [];
  };
  for (const [i, what] of steps) {
    if (what !== 'send') {
      await end(i, what === 'commit');
      continue;
    }
    const value = `${i}:${fate.size}`;
    if (open[i]?.length === 0) producers[i]?.begin();
    await producers[i]?.send(topic, records(value));
    open[i]?.push(value);
    fate.set(value, false);
  }
  // The later ones interleave with the earlier ones in their ends too.
  for (const i of [2, 0, 3, 1]) await end(i, i % 2 === 0);
  return [...fate].filter(([, committed]) => committed).map(([value]) => value);
}

/** What readers see of transactions. */
export const isolation: readonly Law[] = [
  law('what is committed is visible and what is aborted never is', ['transactions'], async (under) => {
    const topic = await under.topic();
    const port = await producerOf(under.driver(), under.fresh('id'));
    await write(port, topic, ['a', 'b'], 'commit');
    await write(port, topic, ['no'], 'abort');
    await write(port, topic, ['c'], 'commit');
    expect(await both(under, topic)).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ]);
  }),

  law(
    'of an open transaction nothing is visible, and what stands behind it waits',
    ['transactions'],
    async (under) => {
      const topic = await under.topic();
      const driver = under.driver();
      await driver.producer().send(topic, records('before'));
      const member = await soleMember(under, [topic]);
      const port = await producerOf(driver, under.fresh('id'));
      port.begin();
      await port.send(topic, records('open'));
      await under.driver().producer().send(topic, records('behind'));
      await polledUpTo(under, member, 1);
      await moments(under);
      expect((await member.poll()).flatMap((batch) => batch.records.map(textOf))).toEqual([]);
      expect(await textsNow(driver, at(topic))).toEqual(['before']);
      expect(await driver.admin().offsets(at(topic))).toEqual({ start: 0, end: 1 });
      const read: string[] = [];
      await driver.read(at(topic), 0, 3, (batch) => void read.push(...batch.records.map(textOf)));
      expect(read).toEqual(['before']);
      await port.commit();
      expect(await decided(under, at(topic))).toEqual(['before', 'open', 'behind']);
    },
  ),

  law(
    'the outcome of one producer is not that of the others that write between',
    ['transactions'],
    async (under) => {
      await fc.assert(
        fc.asyncProperty(schedules, async (steps) => {
          const topic = await under.topic();
          const committed = await play(under, topic, steps);
          const [read, polled] = await both(under, topic);
          expect(read).toEqual(committed);
          expect(polled).toEqual(committed);
          expect((await both(under, topic, 20))[1]?.slice(0, committed.length)).toEqual(committed);
        }),
        { numRuns: 4, seed: 20_250_301, endOnFailure: true },
      );
    },
  ),

  law(
    'many aborts of one producer in one fetch leak nothing and hide nothing',
    ['transactions'],
    async (under) => {
      const topic = await under.topic();
      const port = await producerOf(under.driver(), under.fresh('id'));
      for (let i = 0; i < 5; i++) await write(port, topic, [`no${i}a`, `no${i}b`], 'abort');
      for (let i = 0; i < 15; i++) {
        await write(port, topic, [`yes${i}`], 'commit');
        await write(port, topic, [`neither${i}`], 'abort');
      }
      expect(await both(under, topic)).toEqual([numbered('yes', 15), numbered('yes', 15)]);
    },
  ),

  law(
    'an aborted transaction that is larger than a fetch is hidden whole',
    ['transactions'],
    async (under) => {
      const topic = await under.topic();
      const port = await producerOf(under.driver(), under.fresh('id'));
      await write(port, topic, ['first'], 'commit');
      port.begin();
      const large = 'x'.repeat(1_000);
      for (let i = 0; i < 20; i++) await port.send(topic, records(...numbered(large, 20)));
      await port.abort();
      await write(port, topic, ['last'], 'commit');
      const small = await both(under, topic, 64_000);
      expect(small).toEqual([
        ['first', 'last'],
        ['first', 'last'],
      ]);
    },
  ),

  law(
    'a fetch may begin inside an aborted transaction, or at its marker',
    ['transactions'],
    async (under) => {
      const topic = await under.topic();
      const port = await producerOf(under.driver(), under.fresh('id'));
      await write(port, topic, ['no0', 'no1', 'no2'], 'abort');
      await write(port, topic, ['yes0', 'yes1'], 'commit');
      const end = await sentinel(under, at(topic));
      const member = await soleMember(under, [topic]);
      // Offset 3 is the marker of the abort, 6 that of the commit.
      for (const from of [1, 2, 3, 4]) {
        member.seek(at(topic), from);
        const polled = await polledUpTo(under, member, end);
        expect(
          polled.map(({ offset }) => offset),
          `from ${from}`,
        ).toEqual([4, 5]);
        const read: number[] = [];
        await under
          .driver()
          .read(
            at(topic),
            from,
            end,
            (batch) => void read.push(...batch.records.map(({ offset }) => offset)),
          );
        expect(read, `read from ${from}`).toEqual([4, 5]);
      }
    },
  ),

  law(
    'the order of a partition is that of the sends, within and across transactions',
    ['transactions'],
    async (under) => {
      const topic = await under.topic();
      const port = await producerOf(under.driver(), under.fresh('id'));
      for (let i = 0; i < 5; i++) {
        port.begin();
        await port.send(topic, [record(`${i}a`), record(`${i}b`)]);
        await port.send(topic, [record(`${i}c`)]);
        await port.commit();
      }
      const seen = await decided(under, at(topic));
      expect(seen).toEqual([0, 1, 2, 3, 4].flatMap((i) => [`${i}a`, `${i}b`, `${i}c`]));
    },
  ),

  law('the end of what is committed moves with the outcome', ['transactions'], async (under) => {
    const topic = await under.topic();
    const driver = under.driver();
    const port = await producerOf(driver, under.fresh('id'));
    await write(port, topic, ['no'], 'abort');
    // The record and the marker.
    await eventually(under, 'an end behind the aborted transaction', async () =>
      (await driver.admin().offsets(at(topic))).end === 2 ? true : undefined,
    );
    expect(await textsNow(driver, at(topic))).toEqual([]);
  }),
];
