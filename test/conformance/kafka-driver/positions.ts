import { expect } from 'vitest';
import { eventually, type Law, law } from './law.ts';
import { owns, partitionsNamed, soleMember } from './member.ts';
import { at, numbered, offsetsOf, record, textOf } from './records.ts';

/** Where a member reads on. */
export const positions: readonly Law[] = [
  law(
    'a partition is read from where it was sought, and one that was not sought is not read',
    [],
    async (under) => {
      const topic = await under.topic(2);
      for (const partition of [0, 1]) {
        const values = numbered('v', 3).map((value) => record(value, { partition }));
        await under.driver().producer().send(topic, values);
      }
      const member = await soleMember(under, [topic]);
      const sought = async (offset: number): Promise<string[]> => {
        member.seek(at(topic, 1), offset);
        const batches = await eventually(under, 'the partition that was sought', async () => {
          const polled = await member.consumer.poll({ maxRecords: 9, maxBytes: 999, waitMs: 0 });
          return polled.length > 0 ? polled : undefined;
        });
        return batches.flatMap(({ partition, records }) =>
          records.map((one) => `${partition}:${textOf(one)}`),
        );
      };
      expect(await sought(1)).toEqual(['1:v1', '1:v2']);
      expect(await sought(2)).toEqual(['1:v2']);
      expect(await sought(0)).toEqual(['1:v0', '1:v1', '1:v2']);
    },
  ),

  law('a paused partition gives nothing until it is sought, and the others go on', [], async (under) => {
    const topic = await under.topic(2);
    for (const partition of [0, 1]) {
      const values = numbered('v', 3).map((value) => record(value, { partition }));
      await under.driver().producer().send(topic, values);
    }
    const member = await soleMember(under, [topic]);
    for (const partition of [0, 1]) member.seek(at(topic, partition), 0);
    const seen: string[] = [];
    const poll = async (): Promise<void> => {
      for (const { partition, records } of await member.consumer.poll({
        maxRecords: 1,
        maxBytes: 999,
        waitMs: 20,
      }))
        seen.push(...records.map((one) => `${partition}:${textOf(one)}`));
    };
    const have = (what: string): Promise<true> =>
      eventually(under, what, async () => {
        if (seen.includes(what)) return true;
        await poll();
        return undefined;
      });
    await have('0:v0');
    // Of what was fetched beyond it, nothing is given any more.
    member.consumer.pause(at(topic, 0));
    const before = seen.filter((one) => one.startsWith('0:'));
    await have('1:v2');
    for (let quiet = 0; quiet < 3; quiet++) await poll();
    expect(seen.filter((one) => one.startsWith('0:'))).toEqual(before);
    member.seek(at(topic, 0), 1);
    await have('0:v2');
    expect(seen.filter((one) => one.startsWith('0:'))).toEqual([...before, '0:v1', '0:v2']);
    expect(seen.filter((one) => one.startsWith('1:'))).toEqual(['1:v0', '1:v1', '1:v2']);
  }),

  law('groups do not share anything', [], async (under) => {
    const topic = await under.topic(2);
    const [a, b] = [await soleMember(under, [topic]), await soleMember(under, [topic])];
    await a.consumer.commit(offsetsOf(topic, 1), a.owned.generation);
    expect([owns(a), owns(b)]).toEqual([partitionsNamed(topic, 2), partitionsNamed(topic, 2)]);
    expect((await b.consumer.committed([at(topic)])).size).toBe(0);
  }),
];
