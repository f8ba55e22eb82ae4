import { isBuiltin } from 'node:module';

const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(?\s*)['"]([^'"]+)['"]/g;
const REFERENCE = /^\/\/\/\s*<reference types="([^"]+)"/gm;

/** The packages whose types a declaration file needs, as names that can be installed. */
export function typePackagesOf(declaration: string, installed: ReadonlySet<string>): string[] {
  const specifiers = [...declaration.matchAll(SPECIFIER), ...declaration.matchAll(REFERENCE)]
    .map((match) => match[1] ?? '')
    .filter((specifier) => !/^[./]/.test(specifier));
  const packages = specifiers.map((specifier) => (isBuiltin(specifier) ? 'node' : packageOf(specifier)));
  if (/\bBuffer\b|\bNodeJS\./.test(declaration)) packages.push('node');
  return packages.map((name) => (installed.has(name) ? name : `@types/${name}`));
}

/** A declaration whose relative imports name JavaScript, as every compiler expects; tsc rewrites those of `.js` files only. */
export function namingJavaScript(declaration: string): string {
  return declaration.replace(/((?:\bfrom\s*|\bimport\s*\(?\s*)['"]\.{1,2}\/[^'"]+)\.ts(['"])/g, '$1.js$2');
}

/**
 * Files that emitted JavaScript still names as TypeScript. The compiler rewrites imports, but not
 * `new URL('./worker.ts', import.meta.url)`: below node_modules such a file does not exist and could not run.
 */
export function leftoverTypeScript(javascript: string): string[] {
  return [...javascript.matchAll(/new URL\(\s*['"`]([^'"`]+\.ts)['"`]/g)].map((match) => match[1] ?? '');
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
