import { existsSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { locked } from '../../docker/stack/lock.ts';
import { endAllBelow } from '../../docker/stack/pid-files.ts';

/** Where this test run keeps its servers. */
const runFolder = (): string => inject('serversFolder');

/** Says on standard error what takes long. */
export const progress = (line: string): void => {
  process.stderr.write(`servers: ${line}\n`);
};

/** A new folder for a server that one test has for itself; removed at the end of the run. */
export const ownFolder = (name: string): string => mkdtempSync(join(runFolder(), `own-${name}-`));

/**
 * The server of this name that all files of the run share: started by the first that asks, whatever worker it runs in.
 * `start` gets the folder and gives what the others must know, as plain JSON.
 */
export async function shared<T>(name: string, start: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(runFolder(), name);
  const told = `${folder}.json`;
  const known = (): T => {
    const address: T = JSON.parse(readFileSync(told, 'utf8'));
    return address;
  };
  if (existsSync(told)) return known();
  return locked(`${folder}.lock`, async () => {
    if (existsSync(told)) return known();
    // One that began to start it may have been ended in the middle.
    await endAllBelow(folder, 0);
    const address = await start(folder);
    // In one step: nobody reads half of it.
    writeFileSync(`${told}.new`, JSON.stringify(address));
    renameSync(`${told}.new`, told);
    return address;
  });
}
