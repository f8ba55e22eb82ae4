/**
 * `npm run pack [-- DIRECTORY]`: builds the package that is published, and packs it.
 *
 * From a checkout the TypeScript runs as it is, but Node strips no types below node_modules. So the package holds
 * JavaScript in one bundle, declarations and data files in the layout of the checkout, and its own package.json.
 * The directory is `dist` unless named; the tarball is written beside it.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { bundle } from './bundled.ts';
import { leftoverTypeScript, namingJavaScript, typePackagesOf } from './emitted.ts';
import { entriesOf, type Manifest, publishedManifest } from './manifest.ts';

const project = resolve(import.meta.dirname, '../..');
const out = resolve(process.argv[2] ?? join(project, 'dist'));
const rooms = 'app,connectors,operators,schemas,topology';
/** Nobody imports it: it is started. */
const THREAD = 'app/run/instance-thread.js';

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
compile();
rewriteDeclarations();
copyDataFiles();
refuseLeftovers();
const checkout = JSON.parse(read(join(project, 'package.json'))) as Manifest;
await bundle(out, [...entriesOf(checkout), THREAD]);
writeManifest();
pack();

function compile(): void {
  const tsc = join(project, 'node_modules/typescript/bin/tsc');
  node(tsc, '--project', join(project, 'tsconfig.pack.json'), '--outDir', out);
}

function rewriteDeclarations(): void {
  for (const file of globSync(`{${rooms}}/**/*.d.ts`, { cwd: out })) {
    const path = join(out, file);
    writeFileSync(path, namingJavaScript(read(path)));
  }
}

/** Schemas, scripts and whatever else the code reads at run time, and the pages that helps and errors point to. */
function copyDataFiles(): void {
  const files = globSync(`{${rooms}}/**/*.*`, { cwd: project, exclude: ['app/pack/**'] });
  const pages = ['README.md', 'LICENSE', ...globSync('docs/*.md', { cwd: project })];
  for (const file of [...files.filter((name) => !/\.(ts|md)$/.test(name)), ...pages]) {
    cpSync(join(project, file), join(out, file), { recursive: true });
  }
}

function refuseLeftovers(): void {
  const left = globSync(`{${rooms}}/**/*.js`, { cwd: out }).flatMap((file) =>
    leftoverTypeScript(read(join(out, file))).map((named) => `${file} names ${named}`),
  );
  if (left.length > 0) {
    throw new Error(
      `Not in the package, take the extension from import.meta.url instead:\n${left.join('\n')}`,
    );
  }
}

function writeManifest(): void {
  const installed = new Set(Object.keys({ ...checkout.dependencies, ...checkout.devDependencies }));
  const declarations = globSync(`{${rooms}}/**/*.d.ts`, { cwd: out });
  const typePackages = new Set(
    declarations.flatMap((file) => typePackagesOf(read(join(out, file)), installed)),
  );
  const manifest = publishedManifest(checkout, typePackages);
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function pack(): void {
  const npm = process.env['npm_execpath'];
  const args = ['pack', '--pack-destination', dirname(out)];
  if (npm === undefined)
    execFileSync('npm', args, { cwd: out, stdio: 'inherit', shell: process.platform === 'win32' });
  else node(npm, ...args);
}

function node(...args: string[]): void {
  execFileSync(process.execPath, args, { cwd: out, stdio: 'inherit' });
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}
