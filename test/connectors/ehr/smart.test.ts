import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect, test } from 'vitest';
import { type SmartOptions, smartBackend } from '../../../connectors/ehr/smart.ts';
import { ManualClock, systemClock } from '../../../connectors/memory/clocks.ts';
import { seconds } from '../../../topology/model/time.ts';
import { NEVER } from './ehr-rig.ts';
import { type TokenServer, tokenServer } from './token-server.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

const optionsFor = (server: TokenServer, own: Partial<SmartOptions> = {}): SmartOptions => ({
  tokenUrl: server.url,
  clientId: 'sepsis',
  key: () => pemOf(rsa.privateKey),
  keyId: 'key-1',
  scope: 'system/Observation.write',
  ca: undefined,
  connectTimeout: seconds(10),
  totalTimeout: seconds(30),
  clock: systemClock,
  ...own,
});

test.each([
  ['RSA', 'RS384', rsa],
  ['EC P-384', 'ES384', ec],
])('a key of the kind %s signs with %s, as the server can verify', async (_, alg, pair) => {
  const server = await tokenServer('sepsis', () => pair.publicKey);
  const auth = smartBackend(optionsFor(server, { key: () => pemOf(pair.privateKey) }));
  expect(await auth.header(NEVER)).toBe('Bearer token-1');
  expect(server.heads).toEqual([{ alg, typ: 'JWT', kid: 'key-1' }]);
});

test('a key that is not the registered one is refused: the server does verify', async () => {
  const server = await tokenServer('sepsis', () => other.publicKey);
  await expect(smartBackend(optionsFor(server)).header(NEVER)).rejects.toMatchObject({
    code: 'fhir-not-authorized',
    message: expect.stringContaining('gives no token: 400 invalid_client'),
  });
});

test('a token is kept until shortly before its end, and asked for once by many', async () => {
  const server = await tokenServer('sepsis', () => rsa.publicKey);
  const clock = new ManualClock(Date.UTC(2026, 0, 5));
  server.clock = () => clock.now();
  const auth = smartBackend(optionsFor(server, { clock }));
  const all = await Promise.all(Array.from({ length: 5 }, () => auth.header(NEVER)));
  expect(new Set(all)).toEqual(new Set(['Bearer token-1']));
  clock.moveTo(clock.now() + 280_000);
  expect(await auth.header(NEVER)).toBe('Bearer token-1');
  clock.moveTo(clock.now() + 6_000);
  expect(await auth.header(NEVER)).toBe('Bearer token-2');
});

test('one that the server does not believe is asked for anew, by an assertion with another jti', async () => {
  const server = await tokenServer('sepsis', () => rsa.publicKey);
  const auth = smartBackend(optionsFor(server));
  expect(await auth.header(NEVER)).toBe('Bearer token-1');
  auth.refused();
  expect(await auth.header(NEVER)).toBe('Bearer token-2');
  const [first, second] = server.accepted;
  expect(first?.['jti']).not.toBe(second?.['jti']);
});

test('a scope that is not granted is one clear error', async () => {
  const server = await tokenServer('sepsis', () => rsa.publicKey);
  server.granted = 'system/Patient.rs';
  await expect(smartBackend(optionsFor(server)).header(NEVER)).rejects.toMatchObject({
    code: 'fhir-not-authorized',
    message: expect.stringContaining('does not grant system/Observation.write'),
  });
  // Written in another way it is granted.
  server.granted = 'system/Observation.cruds';
  expect(await smartBackend(optionsFor(server)).header(NEVER)).toMatch(/^Bearer /);
});

test.each([
  [503, {}, 'fhir-unavailable', true],
  [429, {}, 'fhir-unavailable', true],
  [400, { error: 'invalid_scope' }, 'fhir-not-authorized', false],
  [200, { error: 'no token' }, 'fhir-not-authorized', false],
])('a token endpoint that answers %i %j', async (status, body, code, retry) => {
  const server = await tokenServer('sepsis', () => rsa.publicKey);
  server.refusal = { status, body };
  await expect(smartBackend(optionsFor(server)).header(NEVER)).rejects.toMatchObject({ code, retry });
});

test.each([
  ['no key at all', 'FHIR'],
  ['a key of another curve', pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)],
])('%s is told, without anything of it', async (_, pem) => {
  const server = await tokenServer('sepsis', () => rsa.publicKey);
  const asked = smartBackend(optionsFor(server, { key: () => pem })).header(NEVER);
  await expect(asked).rejects.toMatchObject({ code: 'configuration' });
  await expect(asked).rejects.not.toThrow(/BEGIN/);
});
