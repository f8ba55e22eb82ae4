import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { registryConfiguration, registrySettings } from '../../../app/configuration/registry.ts';
import { basic, bearer } from '../../../connectors/schema-registry/authorization.ts';

const folder = mkdtempSync(join(tmpdir(), 'sepsis-registry-configuration-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const faultsOf = (environment: Record<string, string>): string[] => {
  const faults: string[] = [];
  registrySettings(environment, faults);
  return faults;
};

const URL_SET = { SCHEMA_REGISTRY_URL: 'https://registry.example.org' };

describe("the registry's variables", () => {
  test('an address alone is enough', () => {
    const settings = registryConfiguration({
      SCHEMA_REGISTRY_URL: 'https://registry.example.org/apis/ccompat/v7/',
    });
    expect(settings).toEqual({
      url: 'https://registry.example.org/apis/ccompat/v7',
      authorization: undefined,
      ca: undefined,
    });
  });

  test('name and password are basic authorization', () => {
    const { authorization } = registryConfiguration({
      ...URL_SET,
      SCHEMA_REGISTRY_USERNAME: 'sepsis',
      SCHEMA_REGISTRY_PASSWORD: 'pw',
    });
    expect(authorization?.()).toBe(basic('sepsis', 'pw'));
  });

  test('a secret in a file is read with each use, without its last line feed', () => {
    const path = file('token', 'one\n');
    const { authorization } = registryConfiguration({ ...URL_SET, SCHEMA_REGISTRY_TOKEN_FILE: path });
    expect(authorization?.()).toBe(bearer('one'));
    writeFileSync(path, 'two');
    expect(authorization?.()).toBe(bearer('two'));
  });

  test('an authority is read from its file', () => {
    const pem = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
    const settings = registryConfiguration({ ...URL_SET, SCHEMA_REGISTRY_CA_FILE: file('ca.pem', pem) });
    expect(settings.ca).toBe(pem);
  });

  test('every fault is told at once', () => {
    const run = (): unknown =>
      registryConfiguration({
        SCHEMA_REGISTRY_URL: 'registry:8081',
        SCHEMA_REGISTRY_USERNAME: 'sepsis',
        SCHEMA_REGISTRY_TOKEN: 'x',
        SCHEMA_REGISTRY_CA_FILE: join(folder, 'nowhere.pem'),
      });
    expect(run).toThrow(
      /SCHEMA_REGISTRY_URL is no http[^]*_TOKEN and [^]*_PASSWORD is not set[^]*nowhere\.pem/,
    );
  });

  const wrong: readonly [string, Record<string, string>, RegExp][] = [
    ['no address', {}, /^SCHEMA_REGISTRY_URL is not set: give /],
    [
      'another protocol',
      { SCHEMA_REGISTRY_URL: 'ftp://x' },
      /^SCHEMA_REGISTRY_URL is no http or https address/,
    ],
    ['a user in the address', { SCHEMA_REGISTRY_URL: 'https://u:p@x' }, /^SCHEMA_REGISTRY_URL holds a user/],
    ['a query', { SCHEMA_REGISTRY_URL: 'https://x/?a=b' }, /^SCHEMA_REGISTRY_URL ends in a query/],
    ['several addresses', { SCHEMA_REGISTRY_URL: 'http://a,http://b' }, /^SCHEMA_REGISTRY_URL holds several/],
    [
      'several addresses with ports',
      { SCHEMA_REGISTRY_URL: 'http://a:1,http://b:1' },
      /^SCHEMA_REGISTRY_URL /,
    ],
    [
      'a password alone',
      { ...URL_SET, SCHEMA_REGISTRY_PASSWORD: 'x' },
      /^SCHEMA_REGISTRY_USERNAME is not set/,
    ],
    [
      'a colon in the name',
      { ...URL_SET, SCHEMA_REGISTRY_USERNAME: 'a:b', SCHEMA_REGISTRY_PASSWORD: 'x' },
      /^SCHEMA_REGISTRY_USERNAME holds a colon/,
    ],
    [
      'a secret given twice',
      { ...URL_SET, SCHEMA_REGISTRY_TOKEN: 'x', SCHEMA_REGISTRY_TOKEN_FILE: file('twice', 'x') },
      /^SCHEMA_REGISTRY_TOKEN and SCHEMA_REGISTRY_TOKEN_FILE are both set/,
    ],
    [
      'a secret in an empty file',
      { ...URL_SET, SCHEMA_REGISTRY_TOKEN_FILE: file('empty', '\n') },
      /^SCHEMA_REGISTRY_TOKEN_FILE names .*empty, which is empty/,
    ],
    [
      'a token with a space',
      { ...URL_SET, SCHEMA_REGISTRY_TOKEN: 'Bearer x' },
      /^SCHEMA_REGISTRY_TOKEN holds a char/,
    ],
    [
      'no certificate in the file',
      { ...URL_SET, SCHEMA_REGISTRY_CA_FILE: file('no.pem', 'x') },
      /^SCHEMA_REGISTRY_CA_FILE names .* no certificate/,
    ],
    [
      'an authority without TLS',
      {
        SCHEMA_REGISTRY_URL: 'http://x',
        SCHEMA_REGISTRY_CA_FILE: file('some.pem', '-----BEGIN CERTIFICATE-----'),
      },
      /^SCHEMA_REGISTRY_CA_FILE is set, but SCHEMA_REGISTRY_URL is not https/,
    ],
  ];
  test.for(wrong)('%s is one fault, which names the variable', ([, environment, fault]) => {
    expect(faultsOf(environment)).toEqual([expect.stringMatching(fault)]);
  });

  test('no fault shows a secret', () => {
    const faults = faultsOf({
      SCHEMA_REGISTRY_URL: 'https://user:planted@x?token=planted',
      SCHEMA_REGISTRY_PASSWORD: 'planted',
      SCHEMA_REGISTRY_TOKEN: 'planted token',
      SCHEMA_REGISTRY_TOKEN_FILE: file('planted-content', 'planted'),
    });
    expect(faults.length).toBeGreaterThan(2);
    expect(faults.join('\n').replaceAll(folder, '').replaceAll('planted-content', '')).not.toContain(
      'planted',
    );
  });
});
