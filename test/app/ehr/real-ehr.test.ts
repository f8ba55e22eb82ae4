import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runProgram } from '../../../docker/stack/run-program.ts';
import { TOPIC } from '../../../schemas/topics.ts';
import { headerText } from '../../../topology/model/record.ts';
import { T } from '../../connectors/ehr/alerts.ts';
import { freshPatient, heldVersions, read } from '../../connectors/ehr/ehr-rig.ts';
import { FhirProxy, type Seen } from '../../connectors/ehr/fhir-proxy.ts';
import { until } from '../run/real-ward.ts';
import { EhrStack } from './ehr-stack.ts';

const CLI = fileURLToPath(new URL('../../../app/cli.ts', import.meta.url));
const stack = new EhrStack();
const ONE = { Observation: [1], RiskAssessment: [1], Flag: [1], Provenance: [1] };

async function patientsOf(count: number): Promise<ReturnType<typeof freshPatient>[]> {
  const patients = Array.from({ length: count }, () => freshPatient(stack.fhir));
  await Promise.all(patients.map((one) => one.put()));
  return patients;
}

/** Resolves when so many transactions have come to a proxy that holds them. */
function holding(proxy: FhirProxy, when: 'before' | 'behind'): Promise<Seen> {
  const { promise, resolve } = Promise.withResolvers<Seen>();
  const hold = async (seen: Seen): Promise<void> => {
    if (seen.method === 'GET') return;
    resolve(seen);
    await new Promise(() => {});
  };
  if (when === 'before') proxy.before = hold;
  else proxy.behind = hold;
  return promise;
}

test.each(['before', 'behind'] as const)(
  'killed while it writes, %s the server has carried it out, it leaves one of each',
  async (when) => {
    const patients = await patientsOf(3);
    const records = patients.map((one) => one.record());
    const proxy = await FhirProxy.before(stack.fhir);
    const held = holding(proxy, when);
    const first = stack.ehr(proxy.url);
    await first.told('started');
    await stack.sendRecords(...records);
    await held;
    first.signal('SIGKILL');
    expect(await first.exit).toBe(null);
    const second = stack.ehr(stack.fhir);
    await stack.drained();
    for (const { value } of records) expect(await heldVersions(stack.fhir, value.alertId)).toEqual(ONE);
    const audits = await stack.audits();
    for (const { value } of records)
      expect(audits.filter(({ alertId }) => alertId === value.alertId)).toMatchObject([
        { decision: 'DELIVERED', actor: 'ehr' },
      ]);
    expect(await stack.read(TOPIC.deadLetters)).toEqual([]);
    second.signal('SIGTERM');
    expect(await second.exit).toBe(0);
  },
);

test('what is refused is a dead letter that names no patient, and the others go on', async () => {
  const [bad, good] = await patientsOf(2);
  if (bad === undefined || good === undefined) throw new Error('no patients');
  const planted = `Patient/${bad.id}-jane-planted`;
  const proxy = await FhirProxy.before(stack.fhir);
  proxy.fault = ({ method, body }) =>
    method !== 'GET' && body.includes('jane-planted')
      ? {
          status: 422,
          body: JSON.stringify({
            resourceType: 'OperationOutcome',
            issue: [{ severity: 'error', code: 'invalid', diagnostics: `${planted} is nobody here` }],
          }),
        }
      : undefined;
  const sink = stack.ehr(proxy.url);
  const refused = bad.record({ patient: planted });
  await stack.sendRecords(refused, good.record());
  await stack.drained();
  expect(await heldVersions(stack.fhir, good.record().value.alertId)).toEqual(ONE);
  const letters = await stack.read(TOPIC.deadLetters);
  expect(letters).toHaveLength(1);
  const headers = letters[0]?.headers ?? {};
  expect(headerText(headers, '__connect.errors.reason')).toBe('fhir-422 invalid');
  expect(headerText(headers, '__connect.errors.connector.name')).toBe('ehr');
  expect(stack.topics.alerts.value.decode(letters[0]?.value ?? new Uint8Array())).toEqual(refused.value);
  for (const name of Object.keys(headers)) expect(headerText(headers, name)).not.toContain('jane-planted');
  sink.signal('SIGTERM');
  expect(await sink.exit).toBe(0);
  for (const id of ['jane-planted', good.id]) expect(sink.text).not.toContain(id);
});

test('an episode from its beginning to its end, as one resource of each kind', async () => {
  const [patient] = await patientsOf(1);
  if (patient === undefined) throw new Error('no patient');
  const sink = stack.ehr(stack.fhir, { HTTP_PORT: '0' });
  const states = ['RAISED', 'ESCALATED', 'UPDATED', 'RESOLVED'] as const;
  for (const [i, status] of states.entries()) {
    await stack.sendRecords(patient.record({ status, score: i === 3 ? 1 : 2, processingTime: T + i }));
    await stack.drained();
  }
  const { alertId } = patient.record().value;
  expect(await heldVersions(stack.fhir, alertId)).toEqual({
    Observation: [4],
    RiskAssessment: [4],
    Flag: [4],
    Provenance: [4],
  });
  expect(await read(stack.fhir, `Flag/${alertId}`)).toMatchObject({ status: 'inactive' });
  const { port } = await sink.told('listening');
  const url = `http://127.0.0.1:${String(port)}`;
  for (const path of ['livez', 'readyz']) expect((await fetch(`${url}/${path}`)).status).toBe(200);
  const page = await until(async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return /delivery_total\{sink="ehr",outcome="delivered",reason="alert"\} 4\n/.test(text)
      ? text
      : undefined;
  });
  for (const id of [patient.id, alertId]) expect(page).not.toContain(id);
  sink.signal('SIGTERM');
  expect(await sink.exit).toBe(0);
});

test('a dry run prints the Bundles of the last records, and commits and writes nothing', async () => {
  const patient = freshPatient(stack.fhir);
  const { alertId } = patient.record().value;
  await stack.sendRecords(patient.record(), patient.record({ status: 'ESCALATED', score: 3 }));
  const before = await stack.committed();
  const env = { ...process.env, ...stack.environment, FHIR_BASE_URL: stack.fhir };
  const { code, stdout } = await runProgram(process.execPath, [CLI, 'ehr', '--dry-run'], {
    for: 'the test',
    env,
  });
  expect(code).toBe(0);
  const bundles = stdout
    .trimEnd()
    .split('\n')
    .map((line) => {
      const bundle: { entry: { fullUrl: string; resource: object }[] } = JSON.parse(line);
      return bundle;
    });
  const ours = bundles.filter(({ entry }) => entry[0]?.fullUrl.endsWith(alertId));
  expect(ours).toHaveLength(1);
  expect(ours[0]?.entry[0]?.resource).toMatchObject({ status: 'amended', valueQuantity: { value: 3 } });
  expect(await stack.committed()).toEqual(before);
  expect((await heldVersions(stack.fhir, alertId))['Observation']).toEqual([]);
});

test('a wrong password ends it with one line', async () => {
  const proxy = await FhirProxy.before(stack.fhir);
  proxy.fault = () => ({ status: 401 });
  const sink = stack.ehr(proxy.url, { FHIR_USERNAME: 'sepsis', FHIR_PASSWORD: 'planted-secret' });
  expect(await sink.exit).toBe(4);
  expect(sink.lines.filter(({ event }) => event === undefined)).toEqual([
    {
      text: expect.stringMatching(
        /^sepsis-streams: The FHIR server at .* refuses its CapabilityStatement \(401\)\. Check/,
      ),
    },
  ]);
  expect(sink.text).not.toContain('planted-secret');
});
