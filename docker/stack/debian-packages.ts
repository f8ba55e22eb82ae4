import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fetchWith } from './run-program.ts';

/**
 * Fetches Debian packages (`name`, or `name=version`) and unpacks them into a folder, beside their archives; nothing is
 * installed and root is not needed. `for` says in an error what they are needed for. Throws `tool-missing`,
 * `download-failed`.
 */
export async function unpackPackages(
  packages: readonly string[],
  options: { readonly for: string; readonly folder: string },
): Promise<void> {
  const { folder } = options;
  const what = { for: options.for, cwd: folder };
  await fetchWith('apt-get', ['download', '-q', ...packages], what);
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
    await fetchWith('dpkg', ['-x', file, folder], what);
  }
}

/** Where the libraries of unpacked packages are: their folder bears the name of the architecture. */
export function libraryFolders(folder: string): string[] {
  const lib = join(folder, 'usr/lib');
  return readdirSync(lib)
    .filter((name) => name.includes('linux'))
    .map((name) => join(lib, name));
}
