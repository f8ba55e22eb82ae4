import { createRequire } from 'node:module';
import type routes from '@kafkajs/confluent-schema-registry/dist/api/index.js';

/** What the library exports from the file with its routes. */
type Library = typeof routes;

/** Only its routes: the whole of it, with JSON Schema and Protobuf, takes four times as long to load. */
const ROUTES = '@kafkajs/confluent-schema-registry/dist/api/index.js';

const isLibrary = (loaded: unknown): loaded is Library =>
  typeof loaded === 'object' &&
  loaded !== null &&
  'default' in loaded &&
  typeof loaded.default === 'function';

/** CommonJS; what an `import` calls its default depends on who loads it. */
export function loadLibrary(): Library['default'] {
  const loaded: unknown = createRequire(import.meta.url)(ROUTES);
  if (!isLibrary(loaded)) throw new TypeError('This version of the library keeps its routes elsewhere.');
  return loaded.default;
}
