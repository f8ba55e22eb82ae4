import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { StreamsError } from '../../topology/model/errors.ts';
import { readPidFile } from './pid-files.ts';
import { identityOf, isRunning } from './process-identity.ts';

/**
 * Runs the work while no other process on this machine holds the lock file. A lock whose holder has died is taken over.
 * Throws `server-not-started` when the holder does not let go within `waitMs`.
 */
export async function locked<T>(path: string, work: () => Promise<T>, waitMs = 600_000): Promise<T> {
  const deadline = Date.now() + waitMs;
  while (!taken(path)) {
    if (Date.now() > deadline) {
      throw new StreamsError('server-not-started', `${path} is held by another process.`);
    }
    await pause(100);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

let takeovers = 0;

/** One attempt. Threads of one process are told apart by the exclusive creation, not by the holder's name. */
function taken(path: string): boolean {
  const own = identityOf(process.pid);
  // Each time: who held it may have removed the folder.
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(path, JSON.stringify(own), { flag: 'wx' });
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  if (!isAbandoned(path)) return false;
  // Renamed and not removed: of several that saw it abandoned, one only can move it away.
  const aside = `${path}.${process.pid}.${takeovers++}`;
  try {
    renameSync(path, aside);
    rmSync(aside, { force: true });
  } catch {
    // Another one was quicker.
  }
  return false;
}

/** One whose file is gone, or is being written just now, is not. */
function isAbandoned(path: string): boolean {
  const holder = readPidFile(path);
  return holder !== undefined && !isRunning(holder);
}
