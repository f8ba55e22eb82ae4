import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const built = new Map<string, string>();

/**
 * The command of a checkout's package, built once as `npm run pack` builds it, where it finds the packages that the checkout has
 * installed, under a name in its cache. @throws when it cannot be built.
 */
export function packedCommand(checkout: string, cache = 'sepsis-streams-bench'): string {
  const from = resolve(checkout);
  const folder = join(from, 'node_modules/.cache', cache, 'package');
  const known = built.get(folder);
  if (known !== undefined) return known;
  execFileSync(process.execPath, [join(from, 'app/pack/pack.ts'), folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly bin: Readonly<Record<string, string>>;
  };
  const command = join(folder, bin['sepsis-streams'] ?? '');
  built.set(folder, command);
  return command;
}
