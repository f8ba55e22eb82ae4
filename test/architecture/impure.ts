import { isNode, syntaxNodes } from './imports.ts';

/** Rooms whose answer may depend on nothing but their input, so that a replay agrees with the first run. */
export const TIMELESS_ROOMS: readonly string[] = [
  'operators/clinical',
  'operators',
  'topology/model',
  'topology/dsl',
  'topology/sepsis.ts',
];

const CHANCE = new Set(['randomUUID', 'randomBytes', 'randomInt', 'getRandomValues', 'random']);

/** Where a source asks for the time or throws dice. The linter bans the named calls; `new Date()` it cannot tell from `new Date(ms)`. */
export function impurities(source: string, file: string): string[] {
  const found: string[] = [];
  for (const node of syntaxNodes(source, file)) {
    const callee = node['callee'];
    const name = isNode(callee) ? (nameOf(callee['property']) ?? nameOf(callee)) : undefined;
    const bare = Array.isArray(node['arguments']) && node['arguments'].length === 0;
    if (name === 'Date' && (bare || node.type === 'CallExpression')) found.push(`${file}: asks for the time`);
    if (name === 'now' && bare) found.push(`${file}: asks for the time`);
    if (name !== undefined && CHANCE.has(name) && node.type === 'CallExpression')
      found.push(`${file}: throws dice`);
    if (node.type === 'AwaitExpression' || (node['async'] === true && isNode(node['body']))) {
      found.push(`${file}: waits`);
    }
  }
  return found;
}

function nameOf(node: unknown): string | undefined {
  if (!isNode(node) || !node.type.endsWith('Identifier')) return undefined;
  return typeof node['name'] === 'string' ? node['name'] : undefined;
}
