import { globSync, rmSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { rolldown } from 'rolldown';

/**
 * Where the bundle lies in the package: two folders deep, as the files are that find package.json from where they stand, and all of it
 * in one, as a thread is started by the name of the file beside.
 */
const FOLDER = 'app/bundled';

/** The path in the package of an entry, `app/cli.js` for instance, once it is bundled. */
export const bundledPath = (entry: string): string => `${FOLDER}/${basename(entry)}`;

/**
 * Makes of the JavaScript in `out` a few files instead of hundreds: most of the time of a start goes into finding and reading files
 * (D-048). One bundle for all entries, so that what two of them share is there once. Packages stay packages, which whoever installs this
 * one may see, audit and replace. What was bundled is removed; declarations stay where they are.
 */
export async function bundle(out: string, entries: readonly string[]): Promise<void> {
  const modules = globSync('**/*.js', { cwd: out });
  const build = await rolldown({
    cwd: out,
    input: Object.fromEntries(entries.map((entry) => [basename(entry, '.js'), join(out, entry)])),
    platform: 'node',
    external: (name) => !name.startsWith('.') && !isAbsolute(name),
  });
  await build.write({ dir: join(out, FOLDER), format: 'esm', chunkFileNames: '[name].js' });
  await build.close();
  for (const file of modules) rmSync(join(out, file));
}
