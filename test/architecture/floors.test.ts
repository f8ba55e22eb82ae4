import { describe, expect, test } from 'vitest';
import { importsOf } from './imports.ts';
import { impurities, TIMELESS_ROOMS } from './impure.ts';
import { projectPaths, sourceFiles } from './source-files.ts';
import { roomOf, violations } from './violations.ts';

const files = sourceFiles();
const isSource = (file: string): boolean => !/^(test|bench|examples)\//.test(file);
const isTimeless = (file: string): boolean => TIMELESS_ROOMS.includes(roomOf(file) ?? '');

describe('floor plan', () => {
  test('no import goes to a room that its own may not enter', () => {
    expect(violations(files)).toEqual([]);
  });

  test('pure rooms ask for no time, throw no dice and wait for nothing', () => {
    const found = [...files]
      .filter(([file]) => isTimeless(file))
      .flatMap(([file, source]) => impurities(source, file));
    expect(found).toEqual([]);
  });

  test('no source file is longer than 250 lines', () => {
    const long = [...files]
      .filter(([file]) => !file.startsWith('schemas/generated/'))
      .map(([file, source]) => `${file}: ${source.trimEnd().split('\n').length}`)
      .filter((line) => Number(line.split(': ')[1]) > 250);
    expect(long).toEqual([]);
  });

  test('no file or directory is named after nothing in particular', () => {
    const vague = /^(utils?|helpers?|commons?|managers?|misc)$/;
    const named = projectPaths().filter((path) =>
      (path.split('/').at(-1) ?? '').split(/[.-]/).some((word) => vague.test(word)),
    );
    expect(named).toEqual([]);
  });
});

describe('the floor plan can see', () => {
  test('it read the real files and their imports', () => {
    const sources = [...files].filter(([file]) => isSource(file));
    expect(sources.length).toBeGreaterThan(30);
    expect(sources.flatMap(([file, source]) => importsOf(source, file)).length).toBeGreaterThan(60);
  });

  const planted: readonly [what: string, file: string, source: string, fault: RegExp][] = [
    [
      'a type-only import of a room above',
      'operators/clinical/x.ts',
      "import type { Topic } from '../../topology/model/topic.ts';",
      /operators\/clinical may not import topology\/model/,
    ],
    [
      'a type named inside a type',
      'topology/model/x.ts',
      "export type F = import('../dsl/flow.ts').Flow;",
      /topology\/model may not import topology\/dsl/,
    ],
    [
      'a client library in pure medicine',
      'operators/clinical/x.ts',
      "import { Redis } from 'ioredis';",
      /may not import ioredis/,
    ],
    ['a client library in app', 'app/x.ts', "import { Redis } from 'ioredis';", /may not import ioredis/],
    ['a second client library', 'connectors/redis/x.ts', "import 'kafkajs';", /may not import kafkajs/],
    [
      'a Kafka client in operators',
      'operators/x.ts',
      "import '@platformatic/kafka';",
      /not import @platformatic\/kafka/,
    ],
    [
      'a socket in operators',
      'operators/x.ts',
      "import { connect } from 'node:net';",
      /may not import node:net/,
    ],
    [
      'a file in schemas, without its prefix',
      'schemas/x.ts',
      "import 'fs/promises';",
      /may not import fs\/promises/,
    ],
    ['a module of Node taken by hand', 'operators/x.ts', "process.getBuiltinModule('node:net');", /node:net/],
    [
      'a dynamic import of a room above',
      'topology/model/x.ts',
      "const driver = await import('../../connectors/memory/driver.ts');",
      /topology\/model may not import connectors\/memory/,
    ],
    ['an import that is computed', 'topology/runtime/x.ts', 'await import(room);', /computed at run time/],
    [
      'a part of a package of another room',
      'topology/runtime/x.ts',
      "await import(new URL('./x.js', import.meta.resolve('ioredis')).href);",
      /may not import ioredis/,
    ],
    [
      'a part that is computed',
      'connectors/platformatic/x.ts',
      "await import(new URL(part, import.meta.resolve('@platformatic/kafka')).href);",
      /computed at run time/,
    ],
    [
      'what lies beside a package',
      'connectors/platformatic/x.ts',
      "await import(new URL('./../ioredis/x.js', import.meta.resolve('@platformatic/kafka')).href);",
      /computed at run time/,
    ],
    ['a template without holes', 'operators/x.ts', 'await import(`../app/cli.ts`);', /may not import app/],
    [
      'the runtime learning medicine',
      'topology/runtime/x.ts',
      "export { topics } from '../../schemas/topics.ts';",
      /topology\/runtime may not import schemas/,
    ],
    [
      'a worker started from a room above',
      'topology/runtime/x.ts',
      "new Worker(new URL('../../app/worker.ts', import.meta.url));",
      /may not import app/,
    ],
    ['an import of test/', 'app/x.ts', "import '../test/support/builders.ts';", /app may not import test/],
    [
      'an import of test/ by a benchmark',
      'bench/x.ts',
      "import '../test/x.ts';",
      /bench may not import test/,
    ],
    [
      'a value where only types may pass',
      'schemas/x.ts',
      "import { type Vital } from '../operators/clinical/vitals.ts';",
      /types of operators\/clinical only/,
    ],
    [
      'RxJS at run time in the words',
      'topology/dsl/x.ts',
      "import { map } from 'rxjs';",
      /types of rxjs only/,
    ],
    ['the package by its own name', 'operators/x.ts', "import 'sepsis-streams';", /may not import app/],
    ['a file outside every room', 'topology/x.ts', '', /lies in no room/],
    ['an unknown connector', 'connectors/carrier-pigeon/x.ts', '', /lies in no room/],
  ];

  test.each(planted)('it catches %s', (_what, file, source, fault) => {
    const found = violations(new Map([[file, source]]));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(fault);
  });

  const allowed: readonly [what: string, file: string, source: string][] = [
    ['an import in a comment', 'operators/clinical/x.ts', "// import { x } from 'ioredis';"],
    [
      'a type of clinical in schemas',
      'schemas/x.ts',
      "import type { V } from '../operators/clinical/vitals.ts';",
    ],
    [
      'a clinical constant in schemas/fhir',
      'schemas/fhir/x.ts',
      "import { V } from '../../operators/clinical/v.ts';",
    ],
    ['hashing in operators', 'operators/x.ts', "import { createHash } from 'node:crypto';"],
    ['a socket in a connector', 'connectors/redis/x.ts', "import 'node:tls'; import 'ioredis';"],
  ];

  test.each(allowed)('it lets %s pass', (_what, file, source) => {
    expect(violations(new Map([[file, source]]))).toEqual([]);
  });

  test.each([
    ['const t = new Date();', 'asks for the time'],
    ['const t = Date();', 'asks for the time'],
    ['const t = performance.now();', 'asks for the time'],
    ['const id = randomUUID();', 'throws dice'],
    ['const p = Math.random();', 'throws dice'],
    ['const f = async () => 1;', 'waits'],
  ])('it catches %s in a pure room', (source, fault) => {
    expect(impurities(source, 'x.ts')).toEqual([`x.ts: ${fault}`]);
  });

  test('it lets a given time pass', () => {
    expect(
      impurities('const t = new Date(ms).getTime() + Date.parse(text) + Date.UTC(2026, 0);', 'x.ts'),
    ).toEqual([]);
  });
});
