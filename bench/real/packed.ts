import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const built = new Map<string, string>();

/**
 * The command of a checkout's package, built once as `npm run pack` builds it, where it finds the packages that the checkout has
 * installed. @throws when it cannot be built.
 */
export function packedCommand(checkout: string): string {
  const from = resolve(checkout);
  const known = built.get(from);
  if (known !== undefined) return known;
  const folder = join(from, 'node_modules/.cache/sepsis-streams-bench/package');
  execFileSync(process.execPath, [join(from, 'app/pack/pack.ts'), folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly bin: Readonly<Record<string, string>>;
  };
  const command = join(folder, bin['sepsis-streams'] ?? '');
  built.set(from, command);
  return command;
}
