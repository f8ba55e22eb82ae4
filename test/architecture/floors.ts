/**
 * The floor plan: which room may import which.
 *
 * Think hard before you widen a row. Two laws stand behind the table: the runtime knows no medicine and the operators
 * know no Kafka; only `connectors/` opens a socket or a file.
 */
export interface Room {
  /** Rooms it may import; its own files always. `*` = every room but `test` and `bench`. */
  readonly rooms: readonly string[];
  /** Rooms of which it may import types and nothing that exists at run time. */
  readonly types?: readonly string[];
  /** Third-party packages. `*` = any, except those that another room owns (see OWNERS). */
  readonly packages?: readonly string[];
  /** Third-party packages of which it may import types only. */
  readonly packageTypes?: readonly string[];
  /** Modules of Node: none, those that compute, or also those that open sockets, files and processes. */
  readonly node: 'none' | 'pure' | 'any';
}

const engine = ['topology/model', 'topology/ports', 'schemas', 'schemas/fhir'];
const clinical = ['operators/clinical'];
const fhir = ['fhir'];

/** A connector has exactly one client library, and no other room may import it. */
const connector = (...packages: string[]): Room => ({ rooms: engine, packages, node: 'any' });

/** A driver shares with the others what a client does the same with every library. */
const kafka = (...packages: string[]): Room => ({
  rooms: [...engine, 'connectors/kafka-client'],
  packages,
  node: 'any',
});

/** What talks FHIR or carries alerts out may share the sink's runtime, the file readers and the HTTP server. */
const outward: Room = {
  rooms: [...engine, 'connectors/sink', 'connectors/files', 'connectors/http'],
  types: clinical,
  packageTypes: fhir,
  node: 'any',
};

/** The longest path that a file's path starts with is its room; a path that ends in `.ts` is a room of one file. */
export const FLOORS: Readonly<Record<string, Room>> = {
  // floor 0
  'operators/clinical': { rooms: [], node: 'none' },
  'topology/model': { rooms: [], node: 'none' },

  // floor 1
  'topology/dsl': { rooms: ['topology/model'], packageTypes: ['rxjs'], node: 'pure' },
  'topology/ports': { rooms: ['topology/model'], node: 'pure' },
  schemas: {
    rooms: ['topology/model', 'schemas/fhir'],
    types: clinical,
    packages: ['avsc'],
    packageTypes: fhir,
    node: 'pure',
  },
  'schemas/fhir': {
    rooms: ['topology/model', 'schemas', ...clinical],
    packageTypes: fhir,
    node: 'pure',
  },

  // floor 2
  operators: {
    rooms: [...clinical, 'schemas', 'schemas/fhir', 'topology/model'],
    packages: ['rxjs'],
    packageTypes: fhir,
    node: 'pure',
  },
  'topology/runtime': {
    rooms: ['topology/model', 'topology/dsl', 'topology/ports'],
    packages: ['rxjs'],
    node: 'pure',
  },

  // floor 3
  // what a Kafka client does the same with every library: its part in a group, its choice of partitions
  'connectors/kafka-client': { rooms: engine, node: 'pure' },
  'connectors/memory': { rooms: [...engine, 'connectors/kafka-client'], node: 'pure' },
  'connectors/platformatic': kafka('@platformatic/kafka'),
  'connectors/kafkajs': kafka('kafkajs'),
  'connectors/redis': connector('ioredis', '@platformatic/wasm-utils'),
  'connectors/schema-registry': connector('@kafkajs/confluent-schema-registry'),
  'connectors/files': connector(),
  'connectors/http': connector(),
  'connectors/sink': connector(),
  'connectors/fhir-producer': outward,
  // reads a FHIR server over the same connections and logins as the sink that writes to one
  'connectors/fhir-source': { ...outward, rooms: [...outward.rooms, 'connectors/ehr'] },
  'connectors/pagerduty': outward,
  'connectors/ehr': outward,
  'topology/sepsis.ts': {
    rooms: ['topology/model', 'topology/dsl', 'operators', 'schemas', ...clinical],
    node: 'none',
  },

  // floor 4
  'topology/testing': {
    rooms: ['topology/model', 'topology/dsl', 'topology/ports', 'topology/runtime', 'connectors/memory'],
    node: 'pure',
  },
  app: { rooms: ['*'], packages: ['*'], node: 'any' },

  // beside the house
  examples: { rooms: ['*'], packages: ['*'], node: 'any' },
  bench: { rooms: ['*'], packages: ['*'], node: 'any' },
  // Runs on a fresh checkout, and knows servers only: nothing of what this project makes of them.
  'docker/stack': { rooms: ['topology/model'], node: 'any' },
  test: { rooms: ['*', 'bench'], packages: ['*'], node: 'any' },
};

/** Packages that stay in their rooms, also where `*` is written. */
export const OWNERS: Readonly<Record<string, readonly string[]>> = {
  avsc: ['schemas', 'test', 'bench'],
  pino: ['app', 'test', 'bench'],
  'prom-client': ['app', 'test', 'bench'],
  '@platformatic/kafka': ['connectors/platformatic', 'test', 'bench'],
  kafkajs: ['connectors/kafkajs', 'test', 'bench'],
  ioredis: ['connectors/redis', 'test', 'bench'],
  '@platformatic/wasm-utils': ['connectors/redis', 'test', 'bench'],
  '@kafkajs/confluent-schema-registry': ['connectors/schema-registry', 'test', 'bench'],
};

/** Modules of Node that only compute: the same arguments give the same answer, and nothing is opened. */
export const PURE_NODE_MODULES: ReadonlySet<string> = new Set([
  'assert',
  'assert/strict',
  'buffer',
  'crypto',
  'diagnostics_channel',
  'events',
  'path',
  'path/posix',
  'string_decoder',
  'url',
  'util',
  'zlib',
]);
