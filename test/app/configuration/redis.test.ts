import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { redisSettings } from '../../../app/configuration/redis.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');
const OTHER = Buffer.alloc(32, 8).toString('base64');

const read = (environment: Readonly<Record<string, string>>) => {
  const faults: string[] = [];
  const settings = redisSettings(environment, faults);
  return { settings, faults };
};

describe('the variables of Redis', () => {
  test('none of them: no snapshots', () => {
    expect(read({})).toEqual({ settings: undefined, faults: [] });
  });

  test.each([
    [{ REDIS_HOST: 'h' }, { kind: 'standalone', host: 'h', port: 6379 }],
    // As a compose file writes what is not set.
    [
      { REDIS_HOST: 'h', REDIS_PORT: '' },
      { kind: 'standalone', host: 'h', port: 6379 },
    ],
    [
      { REDIS_HOST: 'h', REDIS_PORT: '7000' },
      { kind: 'standalone', host: 'h', port: 7000 },
    ],
    [
      { REDIS_SENTINELS: 'a:1, b:2', REDIS_SENTINEL_PRIMARY: 'main' },
      {
        kind: 'sentinel',
        sentinels: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
        ],
        primary: 'main',
      },
    ],
    [{ REDIS_CLUSTER_NODES: '::1:6379' }, { kind: 'cluster', nodes: [{ host: '::1', port: 6379 }] }],
  ])('%j is an address', (environment, address) => {
    expect(read(environment)).toEqual({ settings: { address }, faults: [] });
  });

  test('a password in a file is read again each time', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'redis-')), 'password');
    writeFileSync(file, 'one\n');
    const { settings } = read({ REDIS_HOST: 'h', REDIS_USERNAME: 'u', REDIS_PASSWORD_FILE: file });
    const password = settings?.user?.password;
    const asked = (): string | undefined => (typeof password === 'function' ? password() : password);
    expect(asked()).toBe('one');
    writeFileSync(file, 'two\n');
    expect(asked()).toBe('two');
  });

  test('TLS with the authorities of the system', () => {
    expect(read({ REDIS_HOST: 'h', REDIS_TLS: 'true' }).settings?.tls).toEqual({});
  });

  test('keys of snapshots: the first one writes, all of them read', () => {
    const { settings, faults } = read({ REDIS_HOST: 'h', SNAPSHOT_KEYS: `new:${KEY}, old:${OTHER}` });
    expect(faults).toEqual([]);
    expect(settings?.encryption?.current).toBe('new');
    expect([...(settings?.encryption?.secrets.keys() ?? [])]).toEqual(['new', 'old']);
  });

  test.each<[Record<string, string>, RegExp]>([
    [{ REDIS_HOST: 'h', REDIS_CLUSTER_NODES: 'a:1' }, /^REDIS_HOST and REDIS_CLUSTER_NODES are set/],
    [{ REDIS_HOST: 'h', REDIS_PORT: '0' }, /^REDIS_PORT is 0/],
    [{ REDIS_SENTINELS: 'a:1' }, /^REDIS_SENTINEL_PRIMARY is not set/],
    [{ REDIS_SENTINELS: 'a', REDIS_SENTINEL_PRIMARY: 'p' }, /^REDIS_SENTINELS has a:/],
    [{ REDIS_CLUSTER_NODES: 'a:1,' }, /^REDIS_CLUSTER_NODES has an empty entry/],
    [{ REDIS_CLUSTER_NODES: 'a:99999' }, /^REDIS_CLUSTER_NODES has a:99999/],
    [{ REDIS_HOST: 'h', REDIS_USERNAME: 'u' }, /^REDIS_PASSWORD is not set/],
    [{ REDIS_HOST: 'h', REDIS_TLS: 'yes' }, /^REDIS_TLS is yes/],
    [{ REDIS_HOST: 'h', REDIS_TLS_CA_FILE: '/no/such.pem' }, /^REDIS_TLS_CA_FILE names/],
    [{ REDIS_HOST: 'h', SNAPSHOT_KEYS: 'a:c2hvcnQ=' }, /^SNAPSHOT_KEYS: .*has 5 bytes, not 32/],
    [{ REDIS_HOST: 'h', SNAPSHOT_KEYS: ',' }, /^SNAPSHOT_KEYS: .*no key/],
    [{ REDIS_HOST: 'h', SNAPSHOT_KEYS: `a:${KEY},a:${OTHER}` }, /two keys have one id/],
  ])('%j is a fault, and says what to do', (environment, fault) => {
    const { faults } = read(environment);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
    expect(faults[0]).not.toContain(KEY);
  });
});
