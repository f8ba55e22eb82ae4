import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { always } from '../../../connectors/ehr/options.ts';
import { prepared } from '../../../connectors/ehr/server.ts';
import { basic } from '../../../connectors/schema-registry/authorization.ts';
import { newAuthority } from '../../../docker/stack/certificates.ts';
import { temporaryFolder } from '../../docker/stack/temporary-folder.ts';
import { fhirServer } from '../../servers/fhir.ts';
import { useServer } from '../../servers/use-server.ts';
import { connectionTo, NEVER } from './ehr-rig.ts';
import { FhirProxy } from './fhir-proxy.ts';

const fhir = useServer(() => fhirServer());

test('a server says what it takes: HAPI takes all of it, in transactions', async () => {
  const { plan } = await prepared(connectionTo(fhir().url), undefined, NEVER);
  expect(plan).toEqual({
    transaction: true,
    ways: new Map([
      ['Observation', 'client-id'],
      ['RiskAssessment', 'client-id'],
      ['Provenance', 'client-id'],
    ]),
  });
});

test('a wrong password is one clear error; a right one goes through', async () => {
  const proxy = await FhirProxy.before(fhir().url);
  const right = basic('sepsis', 'right');
  proxy.fault = ({ headers }) => (headers.authorization === right ? undefined : { status: 401 });
  const connect = (password: string): ReturnType<typeof prepared> => {
    const authorization = always(() => basic('sepsis', password));
    return prepared(connectionTo(proxy.url, { authorization }), undefined, NEVER);
  };
  await expect(connect('wrong')).rejects.toMatchObject({
    code: 'fhir-not-authorized',
    retry: false,
    message: expect.stringContaining(`${proxy.url} refuses its CapabilityStatement (401)`),
  });
  await expect(connect('right')).resolves.toBeDefined();
});

test('a right that is missing is told with the resource that it is missing for', async () => {
  const proxy = await FhirProxy.before(fhir().url);
  proxy.fault = ({ path }) => (path.includes('/RiskAssessment') ? { status: 403 } : undefined);
  await expect(prepared(connectionTo(proxy.url), undefined, NEVER)).rejects.toMatchObject({
    code: 'fhir-not-authorized',
    message: expect.stringContaining('refuses RiskAssessment (403)'),
  });
});

test.each([
  [{ status: 503 }, 'fhir-unavailable', true],
  ['reset' as const, 'fhir-unavailable', true],
  [{ status: 200, body: '<html>' }, 'fhir-unfit', false],
  [{ status: 404 }, 'fhir-unfit', false],
])('what answers %j to the first question', async (fault, code, retry) => {
  const proxy = await FhirProxy.before(fhir().url);
  proxy.fault = () => fault;
  await expect(prepared(connectionTo(proxy.url), undefined, NEVER)).rejects.toMatchObject({ code, retry });
});

test('nobody there may pass; the wrong protocol does not', async () => {
  await expect(prepared(connectionTo('http://127.0.0.1:1/fhir'), undefined, NEVER)).rejects.toMatchObject({
    code: 'fhir-unavailable',
    message: expect.stringContaining('ECONNREFUSED'),
  });
  const tls = fhir().url.replace('http:', 'https:');
  await expect(prepared(connectionTo(tls), undefined, NEVER)).rejects.toMatchObject({ code: 'fhir-unfit' });
});

test('a certificate of an authority that is not trusted, and one for another host, are refused', async () => {
  const folder = temporaryFolder();
  const [ours, theirs] = [await newAuthority(folder, 'ours'), await newAuthority(folder, 'theirs')];
  const { certificate, key } = await ours.issue('fhir', ['DNS:localhost']);
  const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (_, answer) => {
    answer.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const asked = (host: string, ca: string): ReturnType<typeof prepared> =>
    prepared(connectionTo(`https://${host}:${port}`, { ca: readFileSync(ca, 'utf8') }), undefined, NEVER);
  await expect(asked('localhost', theirs.ca)).rejects.toMatchObject({
    code: 'fhir-tls-untrusted',
    retry: false,
    message: expect.stringContaining('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
  });
  await expect(asked('127.0.0.1', ours.ca)).rejects.toMatchObject({
    code: 'fhir-tls-untrusted',
    message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
  });
  await expect(asked('localhost', ours.ca)).rejects.toMatchObject({ code: 'fhir-unfit' });
});
