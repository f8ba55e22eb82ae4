import { expect } from 'vitest';
import type { KafkaRecord, OutgoingRecord } from '../../../topology/model/record.ts';
import { hours } from '../../../topology/model/time.ts';
import { eventually, type Law, law, moments, within } from './law.ts';
import { polledUpTo, soleMember } from './member.ts';
import {
  at,
  codeOf,
  numbered,
  producerOf,
  readNow,
  record,
  records,
  textOf,
  WRITTEN_AT,
  write,
} from './records.ts';

const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, i) => i);

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** One character for each byte, so that a view of a Buffer and a copy of it are the same; no headers as an empty set of them. */
const shown = ({ key, value, timestamp, headers }: Omit<KafkaRecord, 'offset'>): unknown => ({
  key: key === null ? null : latin1(key),
  value: value === null ? null : latin1(value),
  timestamp,
  headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, bytes]) => [name, latin1(bytes)])),
});

const SHAPES: readonly OutgoingRecord[] = [
  record('plain'),
  record('', { key: ALL_BYTES, value: ALL_BYTES }),
  record('null value', { key: Buffer.from('k'), value: null }),
  record('null both', { key: null, value: null }),
  record('empty', { key: new Uint8Array(0), value: new Uint8Array(0), timestamp: WRITTEN_AT - 60_000 }),
  record('headers', {
    headers: {
      binary: ALL_BYTES,
      empty: new Uint8Array(0),
      'ünïcode name': Buffer.from('é'),
      '': Buffer.from('no name'),
    },
  }),
  record('x'.repeat(300_000)),
];

/** Offsets, bounds, and what comes back of what was written. */
export const log: readonly Law[] = [
  law(
    'keys, values, headers and timestamps come back as they were given, byte for byte',
    [],
    async (under) => {
      const topic = await under.topic();
      const driver = under.driver();
      await driver.producer().send(topic, SHAPES);
      const expected = SHAPES.map(shown);
      expect((await readNow(driver, at(topic))).map(shown)).toEqual(expected);
      const member = await soleMember(under, [topic]);
      expect((await polledUpTo(under, member, SHAPES.length)).map(shown)).toEqual(expected);
    },
  ),

  law('positions pass control records, also where nothing else comes', ['transactions'], async (under) => {
    const topic = await under.topic();
    const driver = under.driver();
    const port = await producerOf(driver, under.fresh('id'));
    await write(port, topic, ['a'], 'commit');
    await write(port, topic, ['no'], 'abort');
    // Two records and two markers.
    const member = await soleMember(under, [topic]);
    const polled = await polledUpTo(under, member, 4);
    expect(polled.map(({ offset }) => offset)).toEqual([0]);
    expect(await driver.admin().offsets(at(topic))).toEqual({ start: 0, end: 4 });
    await write(port, topic, ['b'], 'commit');
    expect((await polledUpTo(under, member, 6)).map(textOf)).toEqual(['b']);
  }),

  law(
    'within the bounds of a poll each record comes once, in order, and a large one comes too',
    [],
    async (under) => {
      const topic = await under.topic();
      const values = [...numbered('v', 50), 'x'.repeat(5_000), ...numbered('w', 50)];
      await under
        .driver()
        .producer()
        .send(topic, records(...values));
      const member = await soleMember(under, [topic]);
      const seen: string[] = [];
      await eventually(under, 'all records', async () => {
        const batches = await member.poll({ maxRecords: 7, maxBytes: 1_000 });
        const polled = batches.flatMap((batch) => batch.records);
        expect(polled.length).toBeLessThanOrEqual(7);
        seen.push(...polled.map(textOf));
        // It says whether there is more: then whoever reads is behind.
        for (const { more } of batches) expect(more).toBe(seen.length < values.length);
        return seen.length >= values.length ? true : undefined;
      });
      expect(seen).toEqual(values);
    },
  ),

  law('a poll that waits is woken by what comes, and else ends with its time', [], async (under) => {
    const topic = await under.topic();
    const member = await soleMember(under, [topic]);
    const idle = member.poll({ waitMs: under.sessionTimeout });
    expect(await within(under, 'a poll without records', idle)).toEqual([]);
    const reading = async (): Promise<string[]> => {
      for (;;) {
        const batches = await member.poll({ waitMs: hours(1) });
        if (batches.length > 0) return batches.flatMap((batch) => batch.records.map(textOf));
      }
    };
    const polled = reading();
    await moments(under);
    await under.driver().producer().send(topic, records('late'));
    expect(await within(under, 'a poll with a record', polled)).toEqual(['late']);
  }),

  law('a busy partition does not starve the others', [], async (under) => {
    const topic = await under.topic(2);
    const driver = under.driver();
    await driver.producer().send(topic, records(...numbered('busy', 500)));
    await driver.producer().send(topic, [record('rare', { partition: 1 })]);
    const member = await soleMember(under, [topic]);
    let busy = 0;
    await eventually(under, 'the rare record', async () => {
      const polled = await member.poll({ maxRecords: 5 });
      const texts = polled.flatMap((batch) => batch.records.map(textOf));
      busy += texts.filter((value) => value !== 'rare').length;
      return texts.includes('rare') ? true : undefined;
    });
    expect(busy).toBeLessThan(400);
  }),

  law('a position outside of the log is `log-truncated` and never silence', [], async (under) => {
    const topic = await under.topic();
    const driver = under.driver();
    await driver.producer().send(topic, records('a', 'b', 'c'));
    await driver.admin().deleteRecords(at(topic), 2);
    const member = await soleMember(under, [topic]);
    for (const outside of [0, 1, 4]) {
      member.seek(at(topic), outside);
      const code = await eventually(under, `word of position ${outside}`, async () => {
        const answer = await codeOf(member.poll());
        return answer === 'no error' ? undefined : answer;
      });
      expect(code, `position ${outside}`).toBe('log-truncated');
    }
    member.seek(at(topic), 2);
    expect((await polledUpTo(under, member, 3)).map(textOf)).toEqual(['c']);
    const nothing = driver.read(at(topic), 1, 3, () => {});
    expect(await codeOf(nothing)).toBe('log-truncated');
  }),

  law('deleted records are gone, and the rest keeps its offsets', [], async (under) => {
    const topic = await under.topic();
    const driver = under.driver();
    await driver.producer().send(topic, records('a', 'b', 'c'));
    await driver.admin().deleteRecords(at(topic), 1);
    expect(await driver.admin().offsets(at(topic))).toEqual({ start: 1, end: 3 });
    expect((await readNow(driver, at(topic))).map(({ offset }) => offset)).toEqual([1, 2]);
    await driver.admin().deleteRecords(at(topic), 3);
    expect(await driver.admin().offsets(at(topic))).toEqual({ start: 3, end: 3 });
    await driver.producer().send(topic, records('d'));
    expect((await readNow(driver, at(topic))).map(({ offset }) => offset)).toEqual([3]);
  }),

  law('a read gives what lies from its start up to its end, and no record twice', [], async (under) => {
    const topic = await under.topic();
    const driver = under.driver();
    for (let i = 0; i < 5; i++) await driver.producer().send(topic, records(...numbered('v', 500)));
    const read = async (from: number, to: number): Promise<number[]> => {
      const offsets: number[] = [];
      let next = from;
      await driver.read(at(topic), from, to, (batch) => {
        expect(batch).toMatchObject(at(topic));
        offsets.push(...batch.records.map(({ offset }) => offset));
        expect(batch.nextOffset).toBeGreaterThan(next);
        next = batch.nextOffset;
      });
      return offsets;
    };
    const range = (from: number, to: number): number[] =>
      Array.from({ length: to - from }, (_, i) => i + from);
    expect(await read(10, 2_400)).toEqual(range(10, 2_400));
    expect(await read(2_499, 2_500)).toEqual([2_499]);
    expect(await read(7, 7)).toEqual([]);
    // Of what is not there yet nothing is awaited.
    expect(await read(2_490, 9_999)).toEqual(range(2_490, 2_500));
    expect(await read(2_500, 9_999)).toEqual([]);
  }),
];
