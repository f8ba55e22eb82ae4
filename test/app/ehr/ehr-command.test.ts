import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fhirSettings } from '../../../app/configuration/fhir.ts';
import { ehrCommand } from '../../../app/ehr/ehr-command.ts';
import { ehrOptions } from '../../../app/ehr/ehr-options.ts';
import { temporaryFolder } from '../../docker/stack/temporary-folder.ts';

const BASE = { FHIR_BASE_URL: 'https://ehr.example.org/fhir/' };
const faultsOf = (environment: Record<string, string>): string[] => {
  const faults: string[] = [];
  fhirSettings(environment, faults);
  return faults;
};

test('an address is enough', () => {
  const faults: string[] = [];
  expect(fhirSettings(BASE, faults)).toMatchObject({
    base: 'https://ehr.example.org/fhir',
    bases: ['https://ehr.example.org/fhir'],
    resources: undefined,
    patientWait: 86_400_000,
    concurrency: 8,
  });
  expect(faults).toEqual([]);
});

test('what is named is read', async () => {
  const file = join(temporaryFolder(), 'token');
  writeFileSync(file, 'one\n');
  const settings = fhirSettings(
    {
      ...BASE,
      FHIR_TOKEN_FILE: file,
      FHIR_ALERT_BASES: 'http://10.0.0.1/fhir/, https://b',
      EHR_RESOURCES: 'Observation, Flag, Communication',
      EHR_PATIENT_WAIT: '15m',
      EHR_CONCURRENCY: '2',
    },
    [],
  );
  expect(settings).toMatchObject({
    bases: ['https://ehr.example.org/fhir', 'http://10.0.0.1/fhir', 'https://b'],
    resources: new Set(['Observation', 'Flag']),
    communication: true,
    patientWait: 900_000,
    concurrency: 2,
  });
  const { signal } = new AbortController();
  expect(await settings.authorization.header(signal)).toBe('Bearer one');
  writeFileSync(file, 'two');
  expect(await settings.authorization.header(signal)).toBe('Bearer two');
});

test.each<[Record<string, string>, RegExp]>([
  [{ FHIR_BASE_URL: '' }, /FHIR_BASE_URL is not set/],
  [{ FHIR_BASE_URL: 'ehr.example.org' }, /FHIR_BASE_URL is no http or https address/],
  [{ FHIR_BASE_URL: 'https://a:b@ehr.example.org' }, /FHIR_BASE_URL holds a user/],
  [{ FHIR_BASE_URL: 'https://ehr.example.org?x=1' }, /FHIR_BASE_URL ends in a query/],
  [{ FHIR_USERNAME: 'a' }, /FHIR_USERNAME and FHIR_PASSWORD belong together/],
  [{ FHIR_USERNAME: 'a:b', FHIR_PASSWORD: 'c' }, /holds a colon/],
  [{ FHIR_TOKEN: 'has space' }, /FHIR_TOKEN holds a character/],
  [{ FHIR_TOKEN: 'a', FHIR_USERNAME: 'b', FHIR_PASSWORD: 'c' }, /FHIR_USERNAME and FHIR_TOKEN are set/],
  [{ FHIR_CLIENT_ID: 'a' }, /FHIR_PRIVATE_KEY_FILE is not set/],
  [{ FHIR_CLIENT_ID: 'a' }, /FHIR_SCOPE is not set/],
  [{ FHIR_CLIENT_ID: 'a' }, /FHIR_TOKEN_URL is not set/],
  [{ FHIR_CLIENT_ID: 'a', FHIR_PRIVATE_KEY: 'no key' }, /FHIR_PRIVATE_KEY is no private key/],
  [{ FHIR_CA_FILE: '/nowhere' }, /FHIR_CA_FILE names \/nowhere/],
  [{ EHR_RESOURCES: 'Observation,Task' }, /EHR_RESOURCES holds Task/],
  [{ EHR_RESOURCES: 'Provenance' }, /EHR_RESOURCES is Provenance alone/],
  [{ EHR_RESOURCES: 'Communication' }, /EHR_RESOURCES holds Communication without Observation/],
  [{ EHR_PATIENT_WAIT: 'soon' }, /EHR_PATIENT_WAIT is soon/],
  [{ EHR_CONCURRENCY: '0' }, /EHR_CONCURRENCY is 0/],
])('%j is told', (own, fault) => {
  expect(faultsOf({ ...BASE, ...own })).toEqual(expect.arrayContaining([expect.stringMatching(fault)]));
});

test('a whole client of SMART Backend Services has no fault', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const smart = {
    FHIR_CLIENT_ID: 'a',
    FHIR_PRIVATE_KEY: pem,
    FHIR_SCOPE: 'system/Observation.write',
    FHIR_TOKEN_URL: 'https://ehr.example.org/token',
  };
  expect(faultsOf({ ...BASE, ...smart })).toEqual([]);
});

test('every fault is told at once, before anything is begun', async () => {
  const io = { stdout: process.stdout, stderr: process.stderr, environment: {} };
  const asked = ehrCommand(['--slot', 'a b'], io);
  await expect(asked).rejects.toMatchObject({ code: 'configuration' });
  for (const name of ['--slot', 'KAFKA_BOOTSTRAP_SERVERS', 'SCHEMA_REGISTRY_URL', 'FHIR_BASE_URL'])
    await expect(asked).rejects.toThrow(name);
});

test('a slot that would fence the pages of another is told, where there are pages', async () => {
  const io = (resources: string) => ({
    stdout: process.stdout,
    stderr: process.stderr,
    environment: { EHR_RESOURCES: resources },
  });
  const asked = (resources: string) => ehrCommand(['--slot', 'pages-a'], io(resources));
  await expect(asked('Observation,Communication')).rejects.toThrow('--slot is pages-a');
  await expect(asked('Observation')).rejects.not.toThrow('--slot');
});

test.each([[['x']], [['--from', 'latest']], [['--fast']]])('%j is wrong usage', (args) => {
  expect(() => ehrOptions(args)).toThrow(expect.objectContaining({ code: 'usage' }));
});
