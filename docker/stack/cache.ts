import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { locked } from './lock.ts';
import { endAllBelow } from './pid-files.ts';

/** Where downloads stay, and what is made of them: `$XDG_CACHE_HOME/sepsis-streams`, or below `node_modules` without it. */
export function cacheFolder(): string {
  const own = process.env['XDG_CACHE_HOME'];
  return own === undefined || own === ''
    ? fileURLToPath(new URL('../../node_modules/.cache/sepsis-streams', import.meta.url))
    : join(own, 'sepsis-streams');
}

/**
 * The folder of one download, or of what is made of others once, filled the first time and complete or absent ever after: it
 * is filled beside its place and moved there in one step. Of several processes that want it one fills it and the others wait.
 * `recipe` is what decides the content (a pom, a version): another recipe is another folder.
 */
export async function cached(
  name: string,
  recipe: string,
  fill: (folder: string) => Promise<void>,
  progress: (line: string) => void,
): Promise<string> {
  const root = cacheFolder();
  const folder = join(root, `${name}-${createHash('sha256').update(recipe).digest('hex').slice(0, 12)}`);
  if (existsSync(folder)) return folder;
  mkdirSync(root, { recursive: true });
  // One lock for all: the package tools share a repository of their own that two of them must not write at once.
  return locked(join(root, 'lock'), async () => {
    if (existsSync(folder)) return folder;
    await removeLeftovers(root);
    const started = Date.now();
    const seconds = (): string => `${Math.round((Date.now() - started) / 1000)} s`;
    progress(`preparing ${name}, once; kept in ${root}`);
    const pulse = setInterval(() => progress(`preparing ${name}: ${seconds()}`), 10_000);
    const beside = mkdtempSync(join(root, `.${name}-`));
    try {
      await fill(beside);
      renameSync(beside, folder);
    } finally {
      clearInterval(pulse);
      rmSync(beside, { recursive: true, force: true });
    }
    progress(`prepared ${name} in ${seconds()}`);
    return folder;
  });
}

/** What a process left that was killed while it filled one. Under the lock nobody else is filling any. */
async function removeLeftovers(root: string): Promise<void> {
  for (const name of readdirSync(root).filter((name) => name.startsWith('.'))) {
    // A server that was started to fill it lives on.
    await endAllBelow(join(root, name), 0);
    rmSync(join(root, name), { recursive: true, force: true });
  }
}

/** The text of a recipe file that lies beside the code. */
export const recipeAt = (url: URL): string => readFileSync(url, 'utf8');
