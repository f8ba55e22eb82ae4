import { existsSync, mkdirSync, readdirSync, readlinkSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { feedStatistics } from '../../../connectors/files/feed-statistics.ts';
import { inputError } from '../../../connectors/files/input-error.ts';
import { lines } from '../../../connectors/files/lines.ts';
import { SeededRandom } from '../../../connectors/files/seeded-random.ts';
import { isStreamsError } from '../../../topology/model/errors.ts';
import { inputs } from './written-input.ts';

const written = inputs();

async function linesOf(file: string, maxBytes?: number): Promise<string[]> {
  const [progress] = feedStatistics([file]).files;
  if (progress === undefined) throw new Error('no file');
  const all: string[] = [];
  for await (const { first, lines: some } of lines(progress, maxBytes)) {
    expect(first).toBe(all.length);
    all.push(...some.map((line) => line.toString()));
  }
  return all;
}

async function failure(file: string, maxBytes?: number): Promise<string> {
  try {
    await linesOf(file, maxBytes);
  } catch (error) {
    if (isStreamsError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error('it was read');
}

describe('lines of an input', () => {
  test('line feeds and carriage returns are not part of a line, and a last line needs none', async () => {
    expect(await linesOf(written('crlf', 'a\r\n\r\nb\n\nc'))).toEqual(['a', '', 'b', '', 'c']);
    expect(await linesOf(written('ended', 'a\nb\n'))).toEqual(['a', 'b']);
    expect(await linesOf(written('empty', ''))).toEqual([]);
  });

  test('a byte order mark is not part of the first line', async () => {
    expect(await linesOf(written('mark', '\uFEFFa\n\uFEFFb'))).toEqual(['a', '\uFEFFb']);
  });

  test('a line may span chunks, and many lines keep their numbers', async () => {
    const long = 'ä'.repeat(1_700_000);
    const many = Array.from({ length: 200_000 }, (_, i) => `line ${i}`);
    expect(await linesOf(written('long', [long, ...many, long].join('\n')))).toEqual([long, ...many, long]);
    expect(await linesOf(written('long.gz', gzipSync([long, ...many].join('\n'))))).toEqual([long, ...many]);
  });

  test('gzip is told by its first bytes, not by its name, and may have several members', async () => {
    const packed = Buffer.concat([gzipSync('a\nb'), gzipSync('c\nd\n')]);
    expect(await linesOf(written('packed.txt', packed))).toEqual(['a', 'bc', 'd']);
    expect(await linesOf(written('plain.gz', 'a\nb'))).toEqual(['a', 'b']);
  });

  test('bytes are handed on undecoded', async () => {
    const [progress] = feedStatistics([written('latin1', Buffer.from([0xe4, 0x0a, 0xff]))]).files;
    const found: Buffer[] = [];
    if (progress !== undefined) for await (const batch of lines(progress)) found.push(...batch.lines);
    expect(found.map((line) => [...line])).toEqual([[0xe4], [0xff]]);
  });

  test('progress counts the bytes on the disk', async () => {
    const packed = gzipSync('abc\n'.repeat(1_000));
    const [progress] = feedStatistics([written('progress', packed)]).files;
    if (progress !== undefined)
      for await (const batch of lines(progress)) expect(batch.lines).toHaveLength(1_000);
    expect(progress).toMatchObject({ bytesRead: packed.length, bytesTotal: packed.length });
  });

  test('leaving early closes the file', async (context) => {
    if (!existsSync('/proc/self/fd')) context.skip('open files are listed on Linux only');
    for (const content of ['a\n'.repeat(2_000_000), gzipSync(noise(4_000_000))]) {
      const file = written('early', content);
      const [progress] = feedStatistics([file]).files;
      if (progress === undefined) continue;
      for await (const batch of lines(progress)) {
        expect(openFiles()).toContain(file);
        if (batch.first === 0) break;
      }
      expect(openFiles()).not.toContain(file);
    }
  });
});

/** Lines that hardly pack. */
function noise(length: number): Uint8Array {
  const random = new SeededRandom(1);
  return Uint8Array.from({ length }, (_, i) => (i % 64 === 63 ? 0x0a : 0x21 + random.below(94)));
}

function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/self/fd/${descriptor}`)];
    } catch {
      // The descriptor of this very listing.
      return [];
    }
  });
}

describe('what cannot be read gives one sentence', () => {
  test('a missing file, a directory', async () => {
    expect(await failure('/nowhere/x')).toMatch(
      /^input-unreadable: Cannot read \/nowhere\/x: there is no such file\. /,
    );
    const directory = `${written('beside', '')}.d`;
    mkdirSync(directory);
    expect(await failure(directory)).toMatch(/^input-unreadable: Cannot read .*: it is a directory\. /);
  });

  test('no permission', () => {
    const refused = Object.assign(new Error('EACCES'), { code: 'EACCES' });
    expect(inputError('ward.ndjson', refused).message).toMatch(
      /^Cannot read ward.ndjson: this user has no permission to read it\. /,
    );
  });

  test('a gzip file that is cut off or damaged, in any member', async () => {
    const packed = gzipSync(Array.from({ length: 9_000 }, (_, i) => `line ${i * 7919}`).join('\n'));
    const cut = /^input-unreadable: .*: the gzip file is cut off before its end\. /;
    expect(await failure(written('cut', packed.subarray(0, packed.length / 2)))).toMatch(cut);
    expect(await failure(written('cut2', packed.subarray(0, packed.length - 4)))).toMatch(cut);
    expect(await failure(written('cut3', packed.subarray(0, 5)))).toMatch(cut);
    expect(await failure(written('cut4', Buffer.concat([packed, packed.subarray(0, 99)])))).toMatch(cut);
    const damaged = Buffer.from(packed);
    damaged.fill(0xff, 2_000, 2_040);
    expect(await failure(written('damaged', damaged))).toMatch(/: the gzip file is damaged\. /);
    const sum = Buffer.from(packed);
    sum.writeUInt32LE(0, packed.length - 8);
    expect(await failure(written('sum', sum))).toMatch(/: the gzip file is damaged\. /);
  });

  test('bytes behind the end of a gzip file are not passed over', async () => {
    const packed = Buffer.concat([gzipSync('a\n'), Buffer.from('lost')]);
    expect(await failure(written('behind', packed))).toMatch(/: the gzip file is damaged\. /);
  });

  test('a binary file, also a packed one, and UTF-16', async () => {
    const binary = Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 1]);
    expect(await failure(written('zip', binary))).toMatch(/^input-unreadable: .*: it is a binary file/);
    expect(await failure(written('zip.gz', gzipSync(binary)))).toMatch(/: it is a binary file/);
    expect(await failure(written('utf16', Buffer.from('{"a":1}', 'utf16le')))).toMatch(
      /: it is a binary file/,
    );
  });

  test('a line over the limit is refused, naming it, before it is held whole', async () => {
    const file = written('line', `a\n${'x'.repeat(3_000_000)}\n`);
    expect(await failure(file, 2_000_000)).toMatch(/^input-too-large: Line 2 of .* is longer than 2 MB\. /);
  });
});
