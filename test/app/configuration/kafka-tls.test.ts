import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kafkaTlsIn } from '../../../app/configuration/kafka-tls.ts';
import { type Certificate, newAuthority } from '../../../docker/stack/certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'sepsis-streams-tls-'));
const at = (name: string): string => join(folder, name);
const files = {
  KAFKA_TLS_CA_FILE: at('ca.pem'),
  KAFKA_TLS_CERT_FILE: at('own.pem'),
  KAFKA_TLS_KEY_FILE: at('own.key'),
};
let old: Certificate;
let fresh: Certificate;
beforeAll(async () => {
  const authority = await newAuthority(folder);
  old = await authority.issue('old');
  fresh = await authority.issue('fresh');
});
afterAll(() => rmSync(folder, { recursive: true }));

const text = (file: string): string => readFileSync(file, 'utf8');
function given(cert: string, key: string): void {
  copyFileSync(cert, files.KAFKA_TLS_CERT_FILE);
  copyFileSync(key, files.KAFKA_TLS_KEY_FILE);
}

function faultsOf(environment: Readonly<Record<string, string>>): string[] {
  const faults: string[] = [];
  kafkaTlsIn(environment, faults);
  return faults;
}

test('what is replaced counts from the next connection on; in the middle of it all stays what it was', () => {
  given(old.certificate, old.key);
  const faults: string[] = [];
  const tls = kafkaTlsIn(files, faults);
  expect(faults).toEqual([]);
  const ca = text(files.KAFKA_TLS_CA_FILE);
  const before = { ca, cert: text(old.certificate), key: text(old.key) };
  expect(tls?.()).toEqual(before);
  given(fresh.certificate, old.key);
  expect(tls?.()).toEqual(before);
  rmSync(files.KAFKA_TLS_KEY_FILE);
  expect(tls?.()).toEqual(before);
  writeFileSync(files.KAFKA_TLS_KEY_FILE, '');
  expect(tls?.()).toEqual(before);
  given(fresh.certificate, fresh.key);
  expect(tls?.()).toEqual({ ca, cert: text(fresh.certificate), key: text(fresh.key) });
});

test('a key of another certificate, and what is none, are told at the start', () => {
  given(fresh.certificate, old.key);
  expect(faultsOf(files)).toEqual([
    'KAFKA_TLS_KEY_FILE holds another key than that of KAFKA_TLS_CERT_FILE: give both of one pair.',
  ]);
  given(fresh.certificate, fresh.certificate);
  expect(faultsOf(files)).toEqual([
    expect.stringMatching(/^KAFKA_TLS_CERT_FILE and .+ without a passphrase\.$/),
  ]);
});

test.each([
  [{}, []],
  [{ KAFKA_TLS: 'false' }, []],
  [{ KAFKA_TLS: 'yes' }, ['KAFKA_TLS is yes: write true or false.']],
  [
    { KAFKA_TLS_CERT_FILE: files.KAFKA_TLS_CERT_FILE },
    ['KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE belong together: give both or none.'],
  ],
  [
    { KAFKA_TLS: 'false', KAFKA_TLS_CA_FILE: files.KAFKA_TLS_CA_FILE },
    ['KAFKA_TLS is false, but certificates are given: take the one or the other away.'],
  ],
])('%j', (environment, expected) => {
  given(old.certificate, old.key);
  expect(faultsOf(environment)).toEqual(expected);
});

test('without files the authorities of the system are meant', () => {
  expect(kafkaTlsIn({ KAFKA_TLS: 'true' }, [])?.()).toEqual({});
});
