import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const LIBRARY = new URL('./', import.meta.resolve('@platformatic/kafka')).href;
/** Set behind the address of a file that is given another text here: whoever imports the file itself gets the file. */
const PARTS = '?parts';

/** Calls of the protocol that are used: by this driver, and (`api-versions-v1` and the last line) by the library's own connection. */
const APIS: Readonly<Record<string, readonly string[]>> = {
  admin: ['create-topics-v7', 'delete-records-v2', 'describe-configs-v4', 'describe-producers-v0'],
  consumer: [
    'fetch-v17',
    'heartbeat-v4',
    'join-group-v9',
    'leave-group-v5',
    'list-offsets-v7',
    'offset-commit-v9',
    'offset-fetch-v9',
    'sync-group-v5',
  ],
  metadata: ['api-versions-v3', 'find-coordinator-v4', 'metadata-v12', 'api-versions-v1'],
  producer: [
    'add-offsets-to-txn-v4',
    'add-partitions-to-txn-v3',
    'end-txn-v4',
    'init-producer-id-v5',
    'produce-v11',
    'txn-offset-commit-v4',
  ],
  security: ['sasl-authenticate-v0', 'sasl-authenticate-v1', 'sasl-authenticate-v2', 'sasl-handshake-v1'],
};

/** Who imports those files for a connection and for the calls. The library's clients do so too, and must have all of them. */
const IMPORTERS: ReadonlySet<string> = new Set([
  'apis/producer/produce-v11.js',
  'apis/producer/utils.js',
  'network/connection.js',
  'protocol/sasl/utils.js',
  'protocol/writer.js',
]);

const named = (file: string): string =>
  file.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Makes the text of a file. */
type Text = (file: string) => string;

/** The text of a file of the library without one of its lines. */
const without =
  (line: string, instead = ''): Text =>
  (file) => {
    const text = readFileSync(new URL(file, LIBRARY), 'utf8');
    if (!text.includes(line))
      throw new TypeError(`This version of the library has no \`${line}\` in ${file}.`);
    return text.replace(line, instead);
  };

const TEXTS: ReadonlyMap<string, Text> = new Map<string, Text>([
  [
    'apis/index.js',
    () =>
      [
        ...['callbacks', 'definitions', 'enumerations'].map((file) => `export * from './${file}.js';`),
        ...Object.entries(APIS).flatMap(([folder, files]) =>
          files.map((file) => `export * as ${named(file)} from './${folder}/${file}.js';`),
        ),
      ].join('\n'),
  ],
  [
    'clients/base/options.js',
    () => `import { name, version } from '../../version.js';
     export const clientSoftwareName = name.slice(1).replace('/', '-');
     export const clientSoftwareVersion = version;`,
  ],
  ['protocol/index.js', without('export * from "./murmur2.js";')],
  ['utils.js', without("import { Ajv2020 } from 'ajv/dist/2020.js';", 'class Ajv2020 { addKeyword() {} }')],
]);

/**
 * Imports parts of @platformatic/kafka without some of what its connection imports: all 250 calls of the protocol, the options of the
 * library's clients, whose JSON schemas are compiled when they are loaded, what compiles them, and a hash of keys that remembers
 * (D-034, D-042, D-046). In their place stand the calls that are used, and the name and version that a broker is told. What is imported
 * of the library elsewhere in the process, before, after or meanwhile, is not touched.
 */
export async function withoutClients<R>(load: () => Promise<R>): Promise<R> {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      return IMPORTERS.has(partOf(context.parentURL ?? '')) && TEXTS.has(partOf(found.url))
        ? { ...found, url: `${found.url}${PARTS}`, shortCircuit: true }
        : found;
    },
    load(url, context, next) {
      const file = url.endsWith(PARTS) ? partOf(url.slice(0, -PARTS.length)) : '';
      const text = TEXTS.get(file);
      return text === undefined
        ? next(url, context)
        : { format: 'module', source: text(file), shortCircuit: true };
    },
  });
  try {
    return await load();
  } finally {
    hooks.deregister();
  }
}

const partOf = (url: string): string => (url.startsWith(LIBRARY) ? url.slice(LIBRARY.length) : '');
