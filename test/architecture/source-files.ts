import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PROJECT = new URL('../../', import.meta.url);

/** The parts of the project that hold TypeScript. */
const ROOTS = [
  'app',
  'bench',
  'connectors',
  'docker',
  'examples',
  'operators',
  'schemas',
  'test',
  'topology',
];

/** Every path below the roots, directories included, relative to the project and with `/`. */
export function projectPaths(): string[] {
  return ROOTS.filter((root) => existsSync(new URL(root, PROJECT))).flatMap((root) =>
    readdirSync(fileURLToPath(new URL(root, PROJECT)), { recursive: true, encoding: 'utf8' }).map(
      (path) => `${root}/${path.replaceAll('\\', '/')}`,
    ),
  );
}

/** Path and text of every TypeScript file. */
export function sourceFiles(): Map<string, string> {
  const files = projectPaths().filter((path) => path.endsWith('.ts'));
  return new Map(files.map((path) => [path, readFileSync(new URL(path, PROJECT), 'utf8')]));
}
