import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FhirProxy } from '../../connectors/ehr/fhir-proxy.ts';
import { tokenServer } from '../../connectors/ehr/token-server.ts';
import { respiratoryRate } from '../replay/vital-signs.ts';
import { PolledServer } from './polled-server.ts';
import type { PublishRun } from './publish-run.ts';

const server = new PolledServer();

test('a server that is busy is asked again when it says', async () => {
  const one = await server.somebody();
  await one.write('a');
  const proxy = await FhirProxy.before(server.url);
  const answers = [429, 503, 'reset', 502] as const;
  const times: number[] = [];
  proxy.fault = () => {
    times.push(performance.now());
    const answer = answers[times.length - 1];
    return typeof answer === 'number' ? { status: answer, headers: { 'retry-after': '1' } } : answer;
  };
  const { code, err } = await server.once(one.id, proxy.url);
  expect([code, err.match(/"event":"retrying"/g)?.length]).toEqual([0, 4]);
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(950);
  expect(await one.published()).toEqual(['a/1']);
});

test('pages that the server has lost are searched for anew', async () => {
  const one = await server.somebody();
  for (const name of ['a', 'b', 'c']) await one.write(name);
  const proxy = await FhirProxy.before(server.url);
  let lost = false;
  proxy.fault = ({ path }) => {
    if (!path.includes('_getpages') || lost) return undefined;
    lost = true;
    return { status: 410 };
  };
  expect((await server.once(one.id, proxy.url)).code).toBe(0);
  expect([lost, await one.published()]).toEqual([true, ['a/1', 'b/1', 'c/1']]);
});

const bundle = (links: Readonly<Record<string, string>>, ...resources: readonly object[]): string =>
  JSON.stringify({
    resourceType: 'Bundle',
    type: 'searchset',
    link: Object.entries(links).map(([relation, url]) => ({ relation, url })),
    entry: resources.map((resource) => ({ resource, search: { mode: 'match' } })),
  });

test('a next page on another server is not asked, and one in a circle ends', async () => {
  const proxy = await FhirProxy.before(server.url);
  const other = await FhirProxy.before(server.url);
  proxy.fault = () => ({ status: 200, body: bundle({ next: `${other.url}/page` }) });
  const away = await server.once('nobody', proxy.url, { FHIR_TOKEN: 'secret-token' });
  expect([away.code, other.seen]).toEqual([4, []]);
  expect(away.err).toMatch(/on another server, http:\/\/127\.0\.0\.1:\d+, which is not asked/);
  proxy.fault = () => ({ status: 200, body: bundle({ next: `${proxy.url}/page` }) });
  const circle = await server.once('nobody', proxy.url);
  expect([circle.code, circle.err]).toEqual([4, expect.stringContaining('go in a circle')]);
});

test('a server that does not sort is read to its end before the cursor moves', async () => {
  const name = `unsorted-${Date.now()}`;
  const at = (id: string, minute: number): object => ({
    ...(JSON.parse(
      respiratoryRate(id, '2026-01-05T08:00:00Z', 20, { subject: { reference: `Patient/${name}` } }),
    ) as object),
    meta: { versionId: '1', lastUpdated: `2026-01-05T09:${minute}:00Z` },
  });
  const proxy = await FhirProxy.before(server.url);
  let fails = true;
  proxy.fault = ({ path }) => {
    if (!path.includes('/page'))
      return { status: 200, body: bundle({ next: `${proxy.url}/page` }, at('new', 50)) };
    return fails ? { status: 400 } : { status: 200, body: bundle({}, at('old', 10)) };
  };
  expect((await server.once(name, proxy.url)).code).toBe(4);
  fails = false;
  expect((await server.once(name, proxy.url)).code).toBe(0);
  expect(proxy.seen.filter(({ path }) => path.includes('_lastUpdated=ge'))).toEqual([]);
  expect((await server.once(name, proxy.url)).code).toBe(0);
  expect(proxy.seen.filter(({ path }) => path.includes('_lastUpdated=ge2026-01-05T09%3A49'))).toHaveLength(1);
});

test('a change while pages are read does not carry the cursor past what was written meanwhile', async () => {
  const name = `changed-${Date.now()}`;
  const subject = { reference: `Patient/${name}` };
  const changed: object = {
    ...JSON.parse(respiratoryRate('o', '2026-01-05T08:00:00Z', 20, { subject })),
    meta: { versionId: '2', lastUpdated: '2026-01-05T09:50:00Z' },
  };
  const proxy = await FhirProxy.before(server.url);
  const headers = { date: 'Mon, 05 Jan 2026 09:20:00 GMT' };
  proxy.fault = () => ({ status: 200, headers, body: bundle({}, changed) });
  expect((await server.once(name, proxy.url)).code).toBe(0);
  expect((await server.once(name, proxy.url)).out).toMatch(/^Published +0\n/);
  expect(proxy.seen[1]?.path).toMatch(/_lastUpdated=ge2026-01-05T09%3A1(?:8%3A[45]|9%3A00)/);
});

test('who asks bears a token; whoever is refused is told so in one line', async () => {
  const one = await server.somebody();
  const proxy = await FhirProxy.before(server.url);
  expect((await server.once(one.id, proxy.url, { FHIR_TOKEN: 'secret-token' })).code).toBe(0);
  expect(proxy.seen[0]?.headers.authorization).toBe('Bearer secret-token');
  expect((await server.once(one.id, proxy.url, { FHIR_USERNAME: 'u', FHIR_PASSWORD: 'p' })).code).toBe(0);
  expect(proxy.seen.at(-1)?.headers.authorization).toBe(`Basic ${Buffer.from('u:p').toString('base64')}`);
  proxy.fault = () => ({ status: 401 });
  const { code, err } = await server.once(one.id, proxy.url, { FHIR_TOKEN: 'secret-token' });
  expect([code, err]).toEqual([4, expect.stringMatching(/refuses the search \(401\)/)]);
  expect(err).not.toContain('secret-token');
});

test('a client of SMART Backend Services asks with a token that it was given', async () => {
  const one = await server.somebody();
  await one.write('a');
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
  const key = join(server.directory, 'key.pem');
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const tokens = await tokenServer('publish', () => publicKey);
  tokens.granted = 'system/Observation.rs';
  const proxy = await FhirProxy.before(server.url);
  const { code } = await server.once(one.id, proxy.url, {
    FHIR_CLIENT_ID: 'publish',
    FHIR_TOKEN_URL: tokens.url,
    FHIR_PRIVATE_KEY_FILE: key,
    FHIR_SCOPE: 'system/Observation.rs',
  });
  expect([code, proxy.seen[0]?.headers.authorization]).toEqual([0, 'Bearer token-1']);
  expect(await one.published()).toEqual(['a/1']);
});

test('one round that a signal ends is not done', async () => {
  const proxy = await FhirProxy.before(server.url);
  proxy.fault = () => ({ status: 503 });
  const poll = server.follow('nobody', proxy.url, {}, '--once');
  await poll.told('retrying');
  poll.signal('SIGTERM');
  expect(await poll.exit).toBe(5);
  expect(poll.text).toContain('Stopped by a signal before the end of the round.');
});

test('a cursor that cannot be written is known before anything is asked', async () => {
  const proxy = await FhirProxy.before(server.url);
  const { code, err } = await server.once('no/such/directory', proxy.url);
  expect([code, proxy.seen]).toEqual([4, []]);
  expect(err).toContain('Cannot write');
});

test('conditions are asked for as they were given, question marks too', async () => {
  const proxy = await FhirProxy.before(server.url);
  proxy.fault = () => ({ status: 200, body: bundle({}) });
  expect((await server.once('p?x=1?y', proxy.url)).code).toBe(0);
  expect(proxy.seen[0]?.path).toContain('subject=Patient%2Fp%3Fx%3D1%3Fy&');
});

test('a cursor file that is none, or of another server, is refused', async () => {
  const refused: PublishRun[] = [];
  for (const [patient, text] of [
    ['text', 'no'],
    ['json', '{"server":1}'],
    [
      'other',
      JSON.stringify({
        server: 'https://other.example.org/fhir',
        searches: { Observation: { newest: 5, seen: [] } },
      }),
    ],
  ] as const) {
    writeFileSync(server.cursorOf(patient), text);
    refused.push(await server.once(patient));
  }
  expect(refused.map(({ code }) => code)).toEqual([2, 2, 2]);
  expect(refused[2]?.err).toContain('is the cursor of https://other.example.org/fhir');
});
