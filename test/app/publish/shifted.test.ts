import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ReplaySummary } from '../../../app/console/replay-summary.ts';
import { shapingOf } from '../../../app/publish/shaping.ts';
import { shifted, shiftsOf } from '../../../app/publish/shifted.ts';
import type { FeedRecord } from '../../../connectors/files/feed-record.ts';
import { needs, sharedPath } from '../../oracle/shared-files.ts';
import { replayInto, workDirectory } from '../replay/replay-run.ts';

const directory = workDirectory();
const STREAM = ['oracle', 'synthetic', 'seed20260105', 'stream.jsonl.gz'] as const;

const textOf = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes).toString();

/** What screening finds in the stream with its times moved, and each record moved once more by `also`. */
async function screened(
  name: string,
  also: (record: FeedRecord, index: number) => FeedRecord,
): Promise<Partial<ReplaySummary>> {
  const options = {
    format: 'as-is',
    patients: undefined,
    base: undefined,
    source: 'test',
    createTopics: false,
    from: 'inlet',
  } as const;
  const shaping = await shapingOf(options);
  const shifts = await shiftsOf([sharedPath(...STREAM)], shaping, new AbortController().signal);
  const lines: string[] = [];
  for await (const batch of shifted(shifts.input.batches, shifts, shaping, undefined))
    for (const record of batch) {
      const { target: topic, arrival, key, value } = also(record, lines.length);
      lines.push(JSON.stringify({ topic, arrival, key: textOf(key), value: textOf(value) }));
    }
  const file = join(directory, `${name}.ndjson`);
  writeFileSync(file, lines.join('\n'));
  return figuresOf((await replayInto(join(directory, name), file)).summary);
}

const OF_THE_MACHINE: ReadonlySet<string> = new Set(['seconds', 'cpuSeconds', 'recordsPerCpuSecond']);

const figuresOf = (summary: ReplaySummary): Partial<ReplaySummary> =>
  Object.fromEntries(Object.entries(summary).filter(([name]) => !OF_THE_MACHINE.has(name)));

test('data that is moved to now screens as it did', async (context) => {
  needs(context, ...STREAM);
  const before = figuresOf((await replayInto(join(directory, 'before'), sharedPath(...STREAM))).summary);
  expect(before.episodes).toBe(64);
  expect(await screened('moved', (record) => record)).toEqual(before);
  // A record that is moved by less or more than the others of its patient would be seen.
  const value = (text: string | null): Buffer => Buffer.from((text ?? '').replace(/T\d\d:/, 'T00:'));
  const broken = await screened('broken', (record, i) =>
    i % 50 === 0 ? { ...record, value: value(textOf(record.value)) } : record,
  );
  expect(broken).not.toEqual(before);
});
