import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { TestContext } from 'vitest';

/** Recorded input and independent results lie beside the project, never in it: part of them is under the ODbL. */
const SHARED: string = join(import.meta.dirname, '../../../shared');

export const sharedPath = (...parts: readonly string[]): string => join(SHARED, ...parts);

export const isPresent = (...parts: readonly string[]): boolean => existsSync(sharedPath(...parts));

/** Skips the test, naming what is not there. */
export function needs(context: TestContext, ...parts: readonly string[]): void {
  context.skip(!isPresent(...parts), `no ../shared/${parts.join('/')}`);
}

/** The content of a file, unpacked when it is gzip. */
export function bytesOf(path: string): Buffer {
  const bytes = readFileSync(path);
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

/** Each line of a file as bytes, without the line feed; an empty last line is none. */
export function linesOf(path: string): Buffer[] {
  const bytes = bytesOf(path);
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const feed = bytes.indexOf(0x0a, from);
    const to = feed < 0 ? bytes.length : feed;
    lines.push(bytes.subarray(from, to));
    from = to + 1;
  }
  return lines;
}

export const jsonLinesOf = <T>(path: string): T[] =>
  linesOf(path).map((line): T => {
    const row: T = JSON.parse(line.toString());
    return row;
  });
