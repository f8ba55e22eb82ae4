import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type FeedOptions, feed } from '../../../connectors/files/feed.ts';
import type { FeedRecord } from '../../../connectors/files/feed-record.ts';

/** A directory of its own for a test file, gone when its tests are done; gives a writer of inputs into it. */
export function inputs(): (name: string, content: string | Uint8Array) => string {
  const directory = mkdtempSync(join(tmpdir(), 'sepsis-files-'));
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return (name, content) => {
    const path = join(directory, name);
    writeFileSync(path, content);
    return path;
  };
}

/** Everything that a feed gives. */
export async function allRecords(
  files: readonly string[],
  options: FeedOptions = { order: 'as-is' },
): Promise<FeedRecord[]> {
  const records: FeedRecord[] = [];
  for await (const batch of feed(files, options).batches) records.push(...batch);
  return records;
}

/** A value or key as text. */
export const textOf = (bytes: Uint8Array | null | undefined): string | null =>
  bytes === null || bytes === undefined ? null : Buffer.from(bytes).toString();

/** A vital sign with an id, a subject, and an `issued` when given. */
export const observation = (id: string, issued?: string, more: object = {}): string =>
  JSON.stringify({ resourceType: 'Observation', id, subject: { reference: 'Patient/p1' }, issued, ...more });
