import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FeedOptions, feed } from '../../../connectors/files/feed.ts';
import type { FeedRecord } from '../../../connectors/files/feed-record.ts';
import { mergeByArrival } from '../../../connectors/files/merge-by-arrival.ts';
import { allRecords, inputs, observation, textOf } from './written-input.ts';

const written = inputs();

/** A file of recordings named by letters: `a5 b c3` arrive at 5, nothing, 3. */
const arrivals = (name: string, text: string): string =>
  written(
    name,
    text
      .split(' ')
      .map(
        (word) =>
          `{"topic":"t","key":"${word[0]}",${word.length > 1 ? `"arrival":${word.slice(1)},` : ''}"value":"${word}"}`,
      )
      .join('\n'),
  );

const keys = (records: readonly FeedRecord[]): string => records.map(({ key }) => textOf(key)).join('');
const fed = async (files: readonly string[], options?: FeedOptions): Promise<string> =>
  keys(await allRecords(files, options));

describe('several files are merged by arrival', () => {
  test('of equal arrivals the file given first comes first', async () => {
    const files = [arrivals('1', 'a1 b3 c3 d9'), arrivals('2', 'E1 F2 G3 H4'), arrivals('3', 'x3')];
    expect(await fed(files)).toBe('aEFbcGxHd');
    expect(await fed(files.toReversed())).toBe('EaFxGbcHd');
  });

  test('a record without an arrival follows its predecessor; at the start of a file it comes first', async () => {
    expect(await fed([arrivals('1', 'a b2 c d5'), arrivals('2', 'E F G2 H I3')])).toBe('aEFbcGHId');
  });

  test('a file keeps its order also where its arrivals go back', async () => {
    expect(await fed([arrivals('1', 'a5 b1 c6'), arrivals('2', 'E2 F5 G6')])).toBe('EabFcG');
  });

  test('any number of files: equal to taking the smallest head each time', async () => {
    const record = fc.record({
      arrival: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
      size: fc.nat(3),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(record, { maxLength: 12 }), { maxLength: 9 }), async (files) => {
        const records = files.map((rows, f) => rows.map(({ arrival }, i) => made(`${f}`, i, arrival)));
        const merged: FeedRecord[] = [];
        for await (const batch of mergeByArrival(
          records.map((rows, f) => inParts(rows, files[f]?.[0]?.size ?? 0)),
        )) {
          merged.push(...batch);
        }
        expect(merged.map(placeOf)).toEqual(smallestHeads(records).map(placeOf));
      }),
    );
  });
});

describe('orders that hold the input', () => {
  const two = (): string[] => [arrivals('1', 'a1 b3 c d9'), arrivals('2', 'E2 F2 G3')];

  test('reversed is exactly as-is backwards', async () => {
    const asIs = await fed(two());
    expect(asIs).toBe('aEFbcGd');
    expect(await fed(two(), { order: 'reversed' })).toBe(asIs.split('').toReversed().join(''));
  });

  test('shuffled is the same for the same seed, another for another, and loses nothing', async () => {
    const file = written('deck', Array.from({ length: 2_500 }, (_, i) => observation(`o${i}`)).join('\n'));
    const offsets = async (seed?: number): Promise<number[]> =>
      (
        await allRecords([file], seed === undefined ? { order: 'shuffled' } : { order: 'shuffled', seed })
      ).map(({ offset }) => offset);
    const one = await offsets(1);
    expect(await offsets(1)).toEqual(one);
    expect(await offsets(2)).not.toEqual(one);
    expect(await offsets()).toEqual(await offsets(0));
    const inOrder = Array.from({ length: 2_500 }, (_, i) => i);
    expect(one).not.toEqual(inOrder);
    expect(one.toSorted((a, b) => a - b)).toEqual(inOrder);
  });

  test('event time first, else arrival, else behind the predecessor; equal times stay as they stand', async () => {
    const times: Readonly<Record<string, number>> = { a1: 8, b3: 3, E2: 0, G3: 3, d9: Number.NaN };
    const eventTimeOf = (value: Uint8Array): number | undefined => times[textOf(value) ?? ''];
    // as-is aEFbcGd; E is at 0, F at its arrival 2, b, then c behind it, G at 3, a at 8, d at its arrival 9.
    expect(await fed(two(), { order: 'event-time', eventTimeOf })).toBe('EFbcGad');
  });

  test('in event-time order a start without any time comes first, and a null value has no event time', async () => {
    const file = written(
      'null',
      '{"topic":"t","key":"n","value":null}\n{"topic":"t","key":"b","arrival":5,"value":1}\n{"topic":"t","key":"c","value":null}\n{"topic":"t","key":"d","arrival":4,"value":1}',
    );
    expect(await fed([file], { order: 'event-time', eventTimeOf: () => undefined })).toBe('ndbc');
  });

  test('more than the limit is refused and says which order holds it; as-is streams it', async () => {
    const file = written('held', Array.from({ length: 3_000 }, (_, i) => observation(`o${i}`)).join('\n'));
    await expect(allRecords([file], { order: 'shuffled', holdLimitBytes: 100_000 })).rejects.toMatchObject({
      code: 'input-too-large',
      message: expect.stringMatching(/^Order shuffled holds the whole input, .*--order as-is/),
    });
    expect(await allRecords([file], { order: 'as-is', holdLimitBytes: 100_000 })).toHaveLength(3_000);
    expect(await allRecords([file], { order: 'reversed', holdLimitBytes: 1_000_000 })).toHaveLength(3_000);
  });
});

describe('a feed', () => {
  test('counts what it read, file by file', async () => {
    const files = [written('c1', `${observation('a')}\n\n`), written('c2', gzipSync(observation('b')))];
    const { batches, statistics } = feed(files, { order: 'reversed' });
    for await (const batch of batches) expect(batch).toHaveLength(2);
    expect(statistics).toMatchObject({ records: 2, fhir: true });
    expect(statistics.files.map(({ file }) => file)).toEqual(files);
    for (const { bytesRead, bytesTotal } of statistics.files) expect(bytesRead).toBe(bytesTotal);
  });

  test('one file that cannot be read ends it with that error', async () => {
    await expect(fed([arrivals('ok', 'a1'), '/nowhere/x'])).rejects.toMatchObject({
      code: 'input-unreadable',
    });
  });

  test.each([
    ['plain', (text: string): Uint8Array => Buffer.from(text)],
    ['gzip', (text: string): Uint8Array => gzipSync(text)],
  ])('- is standard input, %s', (_, packed) => {
    const feedPath = new URL('../../../connectors/files/feed.ts', import.meta.url).href;
    const program = `const { batches, statistics } = (await import(${JSON.stringify(feedPath)})).feed(['-'], { order: 'as-is' });
      let records = 0;
      for await (const batch of batches) records += batch.length;
      console.log(JSON.stringify([records, statistics.records, statistics.files[0].file]));`;
    const input = packed(`${observation('a')}\n`.repeat(5_000));
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { input });
    expect(JSON.parse(output.toString())).toEqual([5_000, 5_000, '-']);
  });
});

const made = (file: string, offset: number, arrival: number | undefined): FeedRecord => ({
  file,
  offset,
  arrival,
  topic: null,
  partition: 0,
  key: null,
  value: null,
  target: 't',
});
const placeOf = ({ file, offset }: FeedRecord): string => `${file}.${offset}`;

async function* inParts(records: FeedRecord[], size: number): AsyncGenerator<FeedRecord[]> {
  for (let at = 0; at < records.length; at += size + 1) {
    yield await Promise.resolve(records.slice(at, at + size + 1));
    yield [];
  }
}

function smallestHeads(files: readonly FeedRecord[][]): FeedRecord[] {
  const left = files.map((records) => [...records]);
  const last = files.map(() => Number.NEGATIVE_INFINITY);
  const merged: FeedRecord[] = [];
  for (;;) {
    const heads = left.map((records, f) =>
      records.length === 0 ? undefined : (records[0]?.arrival ?? last[f]),
    );
    const smallest = Math.min(...heads.map((head) => head ?? Number.POSITIVE_INFINITY));
    const f = heads.indexOf(smallest);
    const head = left[f]?.shift();
    if (head === undefined) return merged;
    last[f] = smallest;
    merged.push(head);
  }
}
