import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { end, type ProcessIdentity } from './process-identity.ts';

/**
 * Ends every process whose pid file lies below the folder, and no other: a number that belongs to another process by now
 * is left alone. `graceMs` 0 ends them by force. Gives how many were asked to end.
 */
export async function endAllBelow(folder: string, graceMs: number): Promise<number> {
  const files = pidFilesBelow(folder);
  await Promise.all(
    files.map(async (file) => {
      const identity = readPidFile(file);
      if (identity !== undefined) await end(identity, graceMs);
      rmSync(file, { force: true });
    }),
  );
  return files.length;
}

/** Paths of all pid files below the folder. */
export const pidFilesBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.pid'))
        .map((path) => join(folder, path))
    : [];

/** Who the file names; undefined when it is gone or was cut off while it was written. */
export function readPidFile(file: string): ProcessIdentity | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isIdentity(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

const isIdentity = (value: unknown): value is ProcessIdentity =>
  typeof value === 'object' &&
  value !== null &&
  'pid' in value &&
  typeof value.pid === 'number' &&
  'birth' in value &&
  typeof value.birth === 'string';
