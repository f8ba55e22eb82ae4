import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { syntheticStream } from '../../../app/ward/stream.ts';
import { workDirectory } from './replay-run.ts';

const directory = workDirectory();
const MB = 1024 * 1024;

/** Writes a load to a file a megabyte at a time; its size in bytes. */
function written(path: string): number {
  const file = openSync(path, 'w');
  let bytes = 0;
  let waiting: Uint8Array[] = [];
  const lineFeed = Buffer.from('\n');
  for (const resource of syntheticStream({ seed: 1, patients: 400, intervalMinutes: 15, hours: 90 })) {
    waiting.push(resource, lineFeed);
    if (waiting.length < 2_000) continue;
    bytes += writeSync(file, Buffer.concat(waiting));
    waiting = [];
  }
  bytes += writeSync(file, Buffer.concat(waiting));
  closeSync(file);
  return bytes;
}

/** What the process holds after each round when all that is garbage is gone, in bytes; the last line is its peak. */
const program = (file: string): string => `
  import { replay } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../../app/replay/replay.ts')).href)};
  import { replayOptions } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../../app/replay/replay-options.ts')).href)};
  const options = replayOptions([${JSON.stringify(file)}, '--out', ${JSON.stringify(join(directory, 'out'))}]);
  await replay(options, {
    signal: new AbortController().signal,
    progress: () => {
      gc();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      console.log(heapUsed + arrayBuffers);
    },
  });
  console.log(process.resourceUsage().maxRSS * 1024);
`;

test('a replay holds a round of its input, and not what came before', () => {
  const file = join(directory, 'load.ndjson');
  const bytes = written(file);
  const node = ['--expose-gc', '--max-old-space-size=192', '--input-type=module', '--eval', program(file)];
  const held = execFileSync(process.execPath, node, { encoding: 'utf8' }).trim().split('\n').map(Number);
  const peak = held.pop() ?? Number.NaN;
  expect(bytes).toBeGreaterThan(180 * MB);
  expect(held.length).toBeGreaterThan(6);
  // Two rounds of 27 MB, the states of 400 patients, and the program. All rounds together would be twice that.
  expect(Math.max(...held)).toBeLessThan(200 * MB);
  expect(peak).toBeLessThan(600 * MB);
});
