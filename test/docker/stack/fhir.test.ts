import { describe, expect, test } from 'vitest';
import { askFhir } from '../../../docker/stack/fhir/fhir-request.ts';
import { fhirServer } from '../../servers/fhir.ts';
import { useServer } from '../../servers/use-server.ts';

describe('the FHIR server that a run shares', () => {
  const fhir = useServer(() => fhirServer());
  const put = (id: string, json: object, headers: Readonly<Record<string, string>> = {}) =>
    askFhir(`${fhir().url}/Patient/${id}`, {
      method: 'PUT',
      json: { resourceType: 'Patient', id, ...json },
      headers,
    });

  test('takes an id of the client, and the same content again is no new version', async () => {
    expect(await put('0815', { gender: 'male' })).toMatchObject({ status: 201, headers: { etag: 'W/"1"' } });
    expect(await put('0815', { gender: 'male' })).toMatchObject({ status: 200, headers: { etag: 'W/"1"' } });
    expect(await put('0815', { gender: 'female' })).toMatchObject({
      status: 200,
      headers: { etag: 'W/"2"' },
    });
  });

  test('refuses what is no FHIR', async () => {
    expect(await put('stack-bad', { gender: 'none' })).toMatchObject({ status: 422 });
    expect(await put('stack-bad', { colour: 'red' })).toMatchObject({ status: 422 });
    expect(await askFhir(`${fhir().url}/Patient/stack-bad`)).toMatchObject({ status: 404 });
  });

  test('takes an OID that it does not know, though it has no register of them', async () => {
    const system = 'urn:oid:2.16.840.1.113883.4.1';
    const extension = [{ url: 'http://example.org/oid', valueUri: system }];
    expect(await put('stack-oid', { identifier: [{ system, value: '1' }], extension })).toMatchObject({
      status: 201,
    });
  });

  test('refuses a version that is not the one it holds', async () => {
    await put('stack-match', { gender: 'male' });
    await put('stack-match', { gender: 'other' });
    const stale = await put('stack-match', { gender: 'female' }, { 'if-match': 'W/"1"' });
    expect(stale).toMatchObject({ status: 409, body: expect.stringContaining('HAPI-0989') });
  });

  test('a search sees the last write', async () => {
    const identifier = [{ system: 'urn:stack', value: 'found' }];
    const found = async (): Promise<unknown> => {
      const { body } = await askFhir(`${fhir().url}/Patient?identifier=urn:stack%7Cfound`);
      const bundle: { total: number } = JSON.parse(body);
      return bundle.total;
    };
    expect(await found()).toBe(0);
    await put('stack-found', { identifier });
    expect(await found()).toBe(1);
  });
});

describe('a secured FHIR server of its own', () => {
  const fhir = useServer(() => fhirServer({ own: true, secure: true }));

  test('asks for a password, listens on this machine only, and ends when told', async () => {
    const { url, user, process } = fhir();
    expect(new URL(url).hostname).toBe('127.0.0.1');
    expect(await askFhir(`${url}/metadata`)).toMatchObject({ status: 401 });
    expect(await askFhir(`${url}/metadata`, { user })).toMatchObject({ status: 200 });
    expect(process.isRunning).toBe(true);
    await fhir().stop();
    expect(process.isRunning).toBe(false);
    await expect(askFhir(`${url}/metadata`, { user })).rejects.toThrow();
  });
});
