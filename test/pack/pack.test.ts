import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const project = join(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
  version: string;
  bin: Record<string, string>;
  exports: Record<string, string>;
  devDependencies: Record<string, string>;
};
const entries = [...Object.values(manifest.bin), ...Object.values(manifest.exports), 'README.md'];
const missing = entries.filter((file) => !existsSync(join(project, file)));

/** The Node of these tests comes first, as it does in a shell of someone who has it. */
const PATH = [dirname(process.execPath), process.env['PATH']].join(delimiter);

function run(cwd: string, command: string, ...args: string[]): string {
  // Settings of the npm that runs these tests (its prefix, its package) must not leak into another project.
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^npm_/i.test(key)));
  return execFileSync(command, args, {
    cwd,
    env: { ...env, PATH },
    encoding: 'utf8',
    stdio: 'pipe',
    shell: process.platform === 'win32',
  });
}

describe('the packed package in an empty project', () => {
  const root = mkdtempSync(join(tmpdir(), 'sepsis-streams-pack-'));
  const consumer = join(root, 'consumer');
  let cannot: string | undefined;

  beforeAll(() => {
    run(project, process.execPath, join(project, 'app/pack/pack.ts'), join(root, 'dist'));
    mkdirSync(consumer);
    writeFileSync(
      join(consumer, 'package.json'),
      JSON.stringify({ name: 'consumer', type: 'module', private: true }),
    );
    const types = `@types/node@${manifest.devDependencies['@types/node']}`;
    const tarball = join(root, `sepsis-streams-${manifest.version}.tgz`);
    try {
      run(consumer, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', tarball, types);
    } catch (error) {
      const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
      if (!/ENOTFOUND|EAI_|ECONN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED/.test(said)) throw error;
      cannot = 'no network: npm cannot install the dependencies of the packed package';
    }
  });

  beforeEach((context) => context.skip(cannot !== undefined, cannot));

  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('the command answers', () => {
    expect(run(consumer, join(consumer, 'node_modules/.bin/sepsis-streams'), '--help')).toMatch(
      /sepsis-streams/,
    );
  });

  test('it has the file that the image starts', () => {
    const dockerfile = readFileSync(join(project, 'docker/Dockerfile'), 'utf8');
    const started = /^ENTRYPOINT \["node", "(.+)"\]$/m.exec(dockerfile)?.[1] ?? 'no entry point';
    expect(run(consumer, process.execPath, started, '--help')).toMatch(/sepsis-streams/);
  });

  test('both entries can be imported', () => {
    writeFileSync(
      join(consumer, 'use.mjs'),
      "for (const entry of ['sepsis-streams', 'sepsis-streams/testing']) {\n" +
        '  console.log(entry, Object.keys(await import(entry)).length > 0);\n' +
        '}\n',
    );
    const said = run(consumer, process.execPath, 'use.mjs');
    expect(said.trim().split('\n')).toEqual(['sepsis-streams true', 'sepsis-streams/testing true']);
  });

  test('a topology runs in the test driver and in a simulation, from plain JavaScript', () => {
    // It has no types in it.
    cpSync(join(project, 'examples/word-count.ts'), join(consumer, 'word-count.mjs'));
    const [counts, records] = run(consumer, process.execPath, 'word-count.mjs').trim().split('\n');
    for (const said of ["to: '2'", "be: '2'", "or: '1'", "not: '1'"]) expect(counts).toContain(said);
    expect(records).toBe('6');
  });

  test('the declarations fit a strict project', () => {
    writeFileSync(
      join(consumer, 'use.ts'),
      "import * as library from 'sepsis-streams';\n" +
        "import * as testing from 'sepsis-streams/testing';\n" +
        'const any: 0 extends 1 & typeof library ? true : false = false;\n' +
        'const anyTesting: 0 extends 1 & typeof testing ? true : false = false;\n' +
        'const words = library.topic("words", library.text);\n' +
        'const echo = library.topology("echo").source("words", [words])\n' +
        '  .mapValues("read", ({ value }) => value ?? "").to("out", words, { key: (word) => word });\n' +
        'const driver: testing.TopologyTestDriver = testing.topologyTestDriver(echo, { partitions: 2 });\n' +
        'export const read: readonly (string | null)[] = driver.readValues(words);\n' +
        '// @ts-expect-error A number is no value of this topic.\n' +
        'await driver.pipe(words, { value: 1 });\n' +
        'const input: testing.SimulatedInput[] = [{ topic: "words", key: null, value: library.text.encode("a") }];\n' +
        'export const report: testing.SimulationReport = await testing.simulate(echo, input, { seed: 1 });\n' +
        'export const used: readonly unknown[] = [library, testing, any, anyTesting];\n',
    );
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--noEmit'];
    const modern = ['--target', 'es2024', '--module', 'nodenext', '--types', 'node'];
    const tsc = join(project, 'node_modules/typescript/bin/tsc');
    try {
      run(consumer, process.execPath, tsc, ...strict, ...modern, 'use.ts');
    } catch (error) {
      expect(error instanceof Error && 'stdout' in error ? error.stdout : error).toBe('');
    }
  });

  test('it holds JavaScript in one folder, declarations and data files, and no TypeScript, tests or tools', () => {
    const packed = join(consumer, 'node_modules/sepsis-streams');
    const files = globSync('**/*', { cwd: packed }).filter((file) => statSync(join(packed, file)).isFile());
    const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
    expect(sources).toEqual([]);
    const beside = files.filter((file) => file.endsWith('.js') && dirname(file) !== join('app', 'bundled'));
    expect(beside).toEqual([]);
    expect(files.filter((file) => /(^|[\\/])(test|bench|pack)[\\/]/.test(file))).toEqual([]);
    for (const read of globSync(['schemas/**/*.avsc', 'docs/*.md'], { cwd: project }))
      expect(files).toContain(read);
  });
});

describe('the checkout', () => {
  test('has every file that its manifest names', () => {
    expect(missing).toEqual([]);
  });

  test('npx finds the command, and the Node that npm ci brought runs it', () => {
    const cache = mkdtempSync(join(tmpdir(), 'sepsis-streams-npx-'));
    try {
      expect(run(project, 'npx', '--offline', '--cache', cache, 'sepsis-streams', '--help')).toMatch(
        /sepsis-streams/,
      );
    } finally {
      rmSync(cache, { recursive: true, force: true });
    }
  });

  test('the command is executable and names its interpreter', () => {
    const cli = join(project, 'app/cli.ts');
    expect(readFileSync(cli, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(statSync(cli).mode & 0o111).not.toBe(0);
  });
});
