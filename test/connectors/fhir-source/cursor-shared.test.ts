import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Cursor } from '../../../connectors/fhir-source/cursor.ts';
import { CursorFile } from '../../../connectors/fhir-source/cursor-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'cursor-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SERVER = 'https://fhir.example.org';
/** What a process has read: so many versions. */
const readSoFar = (versions: number): ReadonlyMap<string, Cursor> =>
  new Map([
    [
      'Observation',
      new Cursor({ newest: 1_000, seen: Array.from({ length: versions }, (_, i) => [`v${i}`, i]) }),
    ],
  ]);

test('two processes with one file, as while one takes over from the other: what stands there is one of both', async () => {
  const path = join(folder, 'cursor.json');
  const [one, other] = [new CursorFile(path, SERVER), new CursorFile(path, SERVER)];
  for (let i = 0; i < 20; i++) {
    await Promise.all([one.save(readSoFar(5_000)), other.save(readSoFar(3))]);
    const seen = (await one.load()).get('Observation')?.state.seen.length;
    expect([5_000, 3]).toContain(seen);
  }
  expect(readdirSync(folder)).toEqual(['cursor.json']);
});
