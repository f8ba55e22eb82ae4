import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { httpSettings } from '../../../app/configuration/http.ts';

const folder = mkdtempSync(join(tmpdir(), 'sepsis-http-configuration-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const read = (
  environment: Record<string, string>,
): { settings: ReturnType<typeof httpSettings>; faults: string[] } => {
  const faults: string[] = [];
  return { settings: httpSettings(environment, faults), faults };
};

const CERT = file('cert.pem', '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n');
const KEY = file('key.pem', '-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n');

describe('the variables of HTTP', () => {
  test.each([{}, { HTTP_PORT: '' }, { HTTP_HOST: '0.0.0.0' }])(
    'without a port nothing listens: %j',
    (variables) => {
      expect(read(variables)).toEqual({ settings: undefined, faults: [] });
    },
  );

  test('a port alone listens on this machine only, for everybody on it', () => {
    expect(read({ HTTP_PORT: '9464' })).toEqual({
      settings: { host: '127.0.0.1', port: 9464, token: undefined },
      faults: [],
    });
  });

  test('address, token and certificate', () => {
    const { settings, faults } = read({
      HTTP_PORT: '0',
      HTTP_HOST: '::',
      HTTP_TOKEN: 'scrape-me',
      HTTP_TLS_CERT_FILE: CERT,
      HTTP_TLS_KEY_FILE: KEY,
    });
    expect(faults).toEqual([]);
    expect(settings).toMatchObject({ host: '::', port: 0 });
    expect(settings?.tls?.cert).toContain('BEGIN CERTIFICATE');
    expect(settings?.tls?.key).toContain('BEGIN PRIVATE KEY');
    expect(settings?.token?.()).toBe('scrape-me');
  });

  test('a token in a file is read with each use', () => {
    const path = file('token', 'one\n');
    const { settings } = read({ HTTP_PORT: '1', HTTP_TOKEN_FILE: path });
    expect(settings?.token?.()).toBe('one');
    writeFileSync(path, 'two\n');
    expect(settings?.token?.()).toBe('two');
  });

  test.each<[Record<string, string>, string]>([
    [{ HTTP_PORT: 'http' }, 'HTTP_PORT is http: give a number from 0 to 65535.'],
    [{ HTTP_PORT: '65536' }, 'HTTP_PORT is 65536: give a number from 0 to 65535.'],
    [{ HTTP_PORT: '-1' }, 'HTTP_PORT is -1: give a number from 0 to 65535.'],
    [{ HTTP_PORT: '1', HTTP_HOST: 'http://h' }, 'HTTP_HOST is http://h: give a name or an address'],
    [{ HTTP_TOKEN: 'x' }, 'HTTP_PORT is not set, but a token or a certificate for it is'],
    [
      { HTTP_TLS_CERT_FILE: CERT, HTTP_TLS_KEY_FILE: KEY },
      'HTTP_PORT is not set, but a token or a certificate',
    ],
    [{ HTTP_PORT: '1', HTTP_TOKEN: 'a b' }, 'HTTP_TOKEN holds a character that no token has'],
    [
      { HTTP_PORT: '1', HTTP_TOKEN: 'a', HTTP_TOKEN_FILE: CERT },
      'HTTP_TOKEN and HTTP_TOKEN_FILE are both set',
    ],
    [
      { HTTP_PORT: '1', HTTP_TLS_CERT_FILE: CERT },
      'HTTP_TLS_CERT_FILE and HTTP_TLS_KEY_FILE belong together',
    ],
    [{ HTTP_PORT: '1', HTTP_TLS_KEY_FILE: KEY }, 'HTTP_TLS_CERT_FILE and HTTP_TLS_KEY_FILE belong together'],
    [
      { HTTP_PORT: '1', HTTP_TLS_CERT_FILE: file('empty.pem', ''), HTTP_TLS_KEY_FILE: KEY },
      'which holds nothing in PEM',
    ],
    [
      { HTTP_PORT: '1', HTTP_TLS_CERT_FILE: CERT, HTTP_TLS_KEY_FILE: join(folder, 'nowhere') },
      'HTTP_TLS_KEY_FILE names',
    ],
  ])('%j is told with its mend', (variables, told) => {
    expect(read(variables).faults).toEqual([expect.stringContaining(told)]);
  });
});
