import { parseSync } from 'oxc-parser';

/** One edge from a file to another module, as written. */
export interface Import {
  /** What is imported; `undefined` when it is computed at run time, so that nobody can check it. */
  readonly from: string | undefined;
  /** Erased before the program runs: `import type`, `export type … from`, `import('…').T`. */
  readonly typeOnly: boolean;
}

type Node = Readonly<Record<string, unknown>> & { readonly type: string };

/**
 * Every import of a TypeScript source: static, re-exported, dynamic, in a type, by `require`, and the files that a worker
 * is started from (`new URL('./x.ts', import.meta.url)`).
 * Read from the syntax tree: an import in a comment or a string is none.
 */
export function importsOf(source: string, file: string): Import[] {
  const imports: Import[] = [];
  for (const node of syntaxNodes(source, file)) {
    const found = importIn(node);
    if (found !== undefined) imports.push(found);
  }
  return imports;
}

/** Every node of the syntax tree, outer ones first. */
export function syntaxNodes(source: string, file: string): Node[] {
  const nodes: Node[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isNode(value)) {
      nodes.push(value);
      Object.values(value).forEach(visit);
    }
  };
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors.map((error) => error.message).join('; ')}`);
  visit(program);
  return nodes;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function importIn(node: Node): Import | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
      // `import { type T }` leaves `import {}` behind, which still loads the module: only `import type` is erased.
      return { from: text(node['source']), typeOnly: node['importKind'] === 'type' };
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      if (!isNode(node['source'])) return undefined;
      return { from: text(node['source']), typeOnly: node['exportKind'] === 'type' };
    case 'ImportExpression':
      return { from: text(node['source']) ?? packageOfPart(node['source']), typeOnly: false };
    case 'TSImportType':
      return { from: text(node['source']), typeOnly: true };
    case 'TSExternalModuleReference':
      return { from: text(node['expression']), typeOnly: false };
    case 'CallExpression':
      return isRequire(node['callee'])
        ? { from: text(first(node['arguments'])), typeOnly: false }
        : undefined;
    case 'NewExpression':
      return isWorkerFile(node) ? { from: text(first(node['arguments'])), typeOnly: false } : undefined;
    default:
      return undefined;
  }
}

function isRequire(callee: unknown): boolean {
  if (!isNode(callee)) return false;
  if (callee.type === 'Identifier') return callee['name'] === 'require';
  const property = callee['property'];
  return isNode(property) && property['name'] === 'getBuiltinModule';
}

function isWorkerFile(node: Node): boolean {
  const callee = node['callee'];
  const file = text(first(node['arguments']));
  return isNode(callee) && callee['name'] === 'URL' && file !== undefined && /^\.{1,2}\/.*\.ts$/.test(file);
}

/** Of `new URL('./part.js', import.meta.resolve('package')).href` the package: a part of it that is not at its front door. */
function packageOfPart(source: unknown): string | undefined {
  const url = isNode(source) && source.type === 'MemberExpression' ? source['object'] : undefined;
  if (!isNode(url) || url.type !== 'NewExpression' || !Array.isArray(url['arguments'])) return undefined;
  const [path, resolved]: unknown[] = url['arguments'];
  if (!isNode(resolved) || resolved.type !== 'CallExpression' || !isNode(resolved['callee']))
    return undefined;
  const { object, property } = resolved['callee'];
  const isResolve =
    isNode(object) &&
    object.type === 'MetaProperty' &&
    isNode(property) &&
    property['name'] === 'resolve' &&
    /^\.\/(?!.*\.\.)/.test(text(path) ?? '');
  return isResolve ? text(first(resolved['arguments'])) : undefined;
}

function first(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined;
}

function text(literal: unknown): string | undefined {
  if (!isNode(literal)) return undefined;
  if (literal.type === 'Literal' && typeof literal['value'] === 'string') return literal['value'];
  const quasis = literal['quasis'];
  // A template without a hole is as good as a string.
  if (literal.type !== 'TemplateLiteral' || !Array.isArray(quasis) || quasis.length !== 1) return undefined;
  const only: unknown = quasis[0];
  const value: unknown = isNode(only) ? only['value'] : undefined;
  return typeof value === 'object' && value !== null && 'cooked' in value ? String(value.cooked) : undefined;
}
