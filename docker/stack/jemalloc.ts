import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StreamsError } from '../../topology/model/errors.ts';
import { cached } from './cache.ts';
import type { Variables } from './data-folder.ts';
import { libraryFolders, unpackPackages } from './debian-packages.ts';
import { runProgram } from './run-program.ts';

/** Debian's package, the library in it, and how it is set, as in `docker/Dockerfile`; a test compares them. */
export const JEMALLOC = {
  package: 'libjemalloc2=5.3.0-1',
  version: '5.3.0',
  library: 'libjemalloc.so.2',
  conf: 'background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0',
} as const;

/**
 * The variables under which a program runs with the allocator of the image: `LD_PRELOAD` with the path of the library,
 * which is fetched the first time, and `MALLOC_CONF`. Throws `tool-missing`, `download-failed` where it cannot be had:
 * without Debian's or Ubuntu's packages, or where they have another version.
 */
export async function jemalloc(progress: (line: string) => void): Promise<Variables> {
  return variablesOf(await cached('jemalloc', JEMALLOC.package, unpackLibrary, progress));
}

async function unpackLibrary(folder: string): Promise<void> {
  await unpackPackages([JEMALLOC.package], { for: 'jemalloc', folder });
  // Not kept when it does not run here. The linker says so on standard error, and the program runs without it.
  const env = { ...process.env, ...variablesOf(folder) };
  const { code, stderr } = await runProgram(process.execPath, ['--version'], { for: 'jemalloc', env });
  if (code !== 0 || stderr !== '')
    throw new StreamsError('tool-missing', `${JEMALLOC.package} does not run here: ${stderr.trim()}.`);
}

function variablesOf(folder: string): Variables {
  const path = libraryFolders(folder)
    .map((lib) => join(lib, JEMALLOC.library))
    .find((file) => existsSync(file));
  if (path === undefined)
    throw new StreamsError('download-failed', `No ${JEMALLOC.library} in ${JEMALLOC.package}.`);
  return { LD_PRELOAD: path, MALLOC_CONF: JEMALLOC.conf };
}
