import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { schemaRegistry } from '../../../connectors/schema-registry/schema-registry.ts';
import { newAuthority } from '../../../docker/stack/certificates.ts';
import { useServer } from '../../servers/use-server.ts';
import { json, NotedClock, scripted } from './scripted-registry.ts';

const SCHEMA = '{"type":"string"}';
const folder = mkdtempSync(join(tmpdir(), 'sepsis-registry-tls-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('TLS', () => {
  const certificates = useServer(async () => {
    const authority = await newAuthority(folder);
    const own = await authority.issue('registry', ['IP:127.0.0.1']);
    const other = await authority.issue('elsewhere', ['DNS:elsewhere.example.org']);
    const read = (path: string): string => readFileSync(path, 'utf8');
    const pair = (one: typeof own): { key: string; cert: string } => ({
      key: read(one.key),
      cert: read(one.certificate),
    });
    const foreign = await newAuthority(folder, 'foreign');
    return { ca: read(authority.ca), foreign: read(foreign.ca), own: pair(own), other: pair(other) };
  });

  test('an authority of its own is trusted when it is named', async () => {
    const { ca, own } = certificates();
    const { url } = await scripted([json({ schema: SCHEMA })], own);
    expect(await schemaRegistry({ url, ca, clock: new NotedClock() }).schemaOf(1)).toBe(SCHEMA);
  });

  const untrusted: readonly [
    string,
    (all: ReturnType<typeof certificates>) => string | undefined,
    'own' | 'other',
  ][] = [
    ['no authority named', () => undefined, 'own'],
    ['another authority named', (all) => all.foreign, 'own'],
    ['a certificate of another host', (all) => all.ca, 'other'],
  ];
  test.for(untrusted)('%s: told at once, with the setting, and nothing is sent', async ([, ca, server]) => {
    const all = certificates();
    const clock = new NotedClock();
    const { url, asked } = await scripted([json({ schema: SCHEMA })], all[server]);
    await expect(schemaRegistry({ url, ca: ca(all), clock }).schemaOf(1)).rejects.toMatchObject({
      code: 'registry-tls-untrusted',
      message: expect.stringContaining('SCHEMA_REGISTRY_CA_FILE'),
    });
    expect([asked, clock.pauses]).toEqual([[], []]);
  });

  test('HTTP to a server with TLS ends with an error that names the address', async () => {
    const { url } = await scripted([json({ schema: SCHEMA })], certificates().own);
    const registry = schemaRegistry({ url: url.replace('https:', 'http:'), clock: new NotedClock() });
    await expect(registry.schemaOf(1)).rejects.toMatchObject({
      message: expect.stringContaining('SCHEMA_REGISTRY_URL'),
    });
  });
});
