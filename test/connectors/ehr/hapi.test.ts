import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { askFhir } from '../../../docker/stack/fhir/fhir-request.ts';
import { fhirServer } from '../../servers/fhir.ts';
import { useServer } from '../../servers/use-server.ts';
import { KINDS, raised, T } from './alerts.ts';
import { auditsIn, ehrRig, freshPatient, heldVersions, read } from './ehr-rig.ts';

const fhir = useServer(() => fhirServer());

const ONE = { Observation: [1], RiskAssessment: [1], Flag: [1], Provenance: [1] };

/** Deletes what a search finds. */
async function remove(search: string): Promise<void> {
  const found: { entry?: { resource: { resourceType: string; id: string } }[] } = JSON.parse(
    (await askFhir(search)).body,
  );
  expect(found.entry).not.toEqual([]);
  for (const { resource } of found.entry ?? []) {
    const url = new URL(`/fhir/${resource.resourceType}/${resource.id}`, search);
    expect((await askFhir(url.href, { method: 'DELETE' })).status).toBe(200);
  }
}

test.each(Object.keys(KINDS))('a server that validates takes an alert that is %s', async (kind) => {
  const base = fhir().url;
  const { deliver, retries } = await ehrRig(base);
  const patient = freshPatient(base);
  await patient.put();
  const { alertId: _, patient: __, encounter, ...alert } = KINDS[kind] ?? raised;
  const record = patient.record(encounter === null ? { ...alert, encounter } : alert);
  const delivery = await deliver(record);
  expect({ retries, refused: delivery.refused }).toEqual({ retries: [], refused: [] });
  expect(await heldVersions(base, record.value.alertId)).toEqual(ONE);
  expect(auditsIn(delivery)).toMatchObject([{ decision: 'DELIVERED', actor: 'ehr', reason: alert.status }]);
});

test('eight at once and again leave one version of each resource', async () => {
  const base = fhir().url;
  const patient = freshPatient(base);
  await patient.put();
  const record = patient.record();
  const rigs = await Promise.all(Array.from({ length: 8 }, () => ehrRig(base, { chance: Math.random })));
  await Promise.all(rigs.map(({ deliver }) => deliver(record)));
  await rigs[0]?.deliver(record);
  expect(await heldVersions(base, record.value.alertId)).toEqual(ONE);
});

test('a second one would be seen: under another id, and as another version', async () => {
  const base = fhir().url;
  const rig = await ehrRig(base);
  const patient = freshPatient(base);
  await patient.put();
  const record = patient.record();
  const { alertId } = record.value;
  await rig.deliver(record);
  const flag = await read(base, `Flag/${alertId}`);
  const put = (id: string, own: object): Promise<unknown> =>
    askFhir(`${base}/Flag/${id}`, { method: 'PUT', json: { ...flag, meta: undefined, id, ...own } });
  await put(`${patient.id}-second`, {});
  expect((await heldVersions(base, alertId))['Flag']).toEqual([1, 1]);
  await put(alertId, { status: 'inactive' });
  expect((await heldVersions(base, alertId))['Flag']?.toSorted()).toEqual([1, 2]);
});

test('what comes later amends the same resources, and what is withdrawn is an error and stays', async () => {
  const base = fhir().url;
  const { deliver } = await ehrRig(base);
  const patient = freshPatient(base);
  await patient.put();
  const first = patient.record();
  const path = `/${first.value.alertId}`;
  await deliver(first);
  await deliver(patient.record({ status: 'ESCALATED', score: 3, peak: 3, processingTime: T + 9_000 }, 18));
  expect(await read(base, `Observation${path}`)).toMatchObject({
    meta: { versionId: '2' },
    status: 'amended',
    valueQuantity: { value: 3 },
  });
  await deliver(patient.record({ status: 'RESOLVED', score: 1, processingTime: T + 10_000 }, 19));
  expect(await read(base, `Flag${path}`)).toMatchObject({ status: 'inactive' });
  await deliver(
    patient.record({ status: 'RETRACTED', score: 0, criteria: [], processingTime: T + 11_000 }, 20),
  );
  for (const type of ['Observation', 'RiskAssessment', 'Flag'])
    expect(await read(base, type + path)).toMatchObject({ status: 'entered-in-error' });
  const observation = await read(base, `Observation${path}`);
  expect(observation).not.toHaveProperty('valueQuantity');
  expect(observation).not.toHaveProperty('component');
  expect(await read(base, `Provenance${path}`)).toMatchObject({
    activity: { coding: [{ code: 'NULLIFY' }] },
  });
});

test('an older record is not written over a newer one, and of those that wait the last alone is written', async () => {
  const base = fhir().url;
  const { deliver } = await ehrRig(base);
  const patient = freshPatient(base);
  await patient.put();
  const first = patient.record();
  const second = patient.record({ status: 'ESCALATED', score: 3, peak: 3, processingTime: T + 9_000 }, 18);
  const both = await deliver(first, second);
  expect(auditsIn(both)).toMatchObject([
    { decision: 'SUPPRESSED', reason: 'superseded' },
    { decision: 'DELIVERED', reason: 'ESCALATED' },
  ]);
  expect(auditsIn(await deliver(first))).toMatchObject([
    { decision: 'SUPPRESSED', reason: 'older-than-held' },
  ]);
  expect(await heldVersions(base, first.value.alertId)).toEqual(ONE);
  expect(await read(base, `Observation/${first.value.alertId}`)).toMatchObject({
    valueQuantity: { value: 3 },
  });
});

test('a patient who is not there yet is waited for, and then written', async () => {
  const base = fhir().url;
  const { deliver, retries, retried } = await ehrRig(base);
  const patient = freshPatient(base);
  const record = patient.record({ encounter: null });
  const delivering = deliver(record);
  await Promise.race([retried, delivering]);
  expect(new Set(retries)).toEqual(new Set(['fhir-patient-missing']));
  await patient.put();
  expect(auditsIn(await delivering)).toMatchObject([{ decision: 'DELIVERED' }]);
  expect(await heldVersions(base, record.value.alertId)).toEqual(ONE);
});

test('what is deleted is not there: the patient is waited for, an encounter is named', async () => {
  const base = fhir().url;
  const { deliver, retries, retried } = await ehrRig(base);
  const patient = freshPatient(base);
  await patient.put();
  for (const type of ['Observation', 'Encounter', 'Patient'])
    await remove(`${base}/${type}?${type === 'Patient' ? '_id' : 'subject'}=${patient.id}`);
  const record = patient.record();
  const delivering = deliver(record);
  await Promise.race([retried, delivering]);
  expect(new Set(retries)).toEqual(new Set(['fhir-patient-missing']));
  await patient.put(['Patient']);
  expect(auditsIn(await delivering)).toMatchObject([{ decision: 'DELIVERED' }]);
  expect(await read(base, `Observation/${record.value.alertId}`)).toMatchObject({
    encounter: { identifier: { value: `${base}/Encounter/${patient.id}` } },
  });
});

test('a patient who comes while an alert about them is written loses nothing of it', async () => {
  const base = fhir().url;
  const writes = Array.from({ length: 30 }, async (_, n) => {
    const { deliver, retries, retried } = await ehrRig(base);
    const patient = freshPatient(base);
    const delivering = deliver(patient.record({ encounter: null }));
    await Promise.race([retried, delivering]);
    expect(retries).not.toEqual([]);
    await sleep(130 + n);
    await patient.put(['Patient']);
    return (await delivering).refused;
  });
  expect((await Promise.all(writes)).flat()).toEqual([]);
});

test('a patient who never comes is a dead letter after the wait', async () => {
  const base = fhir().url;
  const { deliver } = await ehrRig(base, { patientWait: 0 });
  const record = freshPatient(base).record({ encounter: null });
  expect(await deliver(record)).toMatchObject({ outputs: [], refused: [{ reason: 'fhir-patient-missing' }] });
  expect(await heldVersions(base, record.value.alertId)).toEqual({
    Observation: [],
    RiskAssessment: [],
    Flag: [],
    Provenance: [],
  });
});

test('what an alert rests on and the server does not hold is named, not referred to', async () => {
  const base = fhir().url;
  const { deliver, retries } = await ehrRig(base);
  const patient = freshPatient(base);
  await patient.put(['Patient']);
  const record = patient.record();
  await deliver(record);
  expect(retries).toEqual([]);
  expect(await read(base, `Observation/${record.value.alertId}`)).toMatchObject({
    subject: { reference: `Patient/${patient.id}` },
    encounter: { identifier: { value: `${base}/Encounter/${patient.id}` } },
    derivedFrom: expect.arrayContaining([
      { type: 'Observation', identifier: expect.objectContaining({ system: 'urn:sepsis-streams:source' }) },
    ]),
  });
});

test('what the server will never take is a dead letter with its codes and nothing of the patient', async () => {
  const base = fhir().url;
  const { deliver } = await ehrRig(base);
  const patient = freshPatient(base);
  await patient.put();
  const { refused } = await deliver(patient.record({ patient: `urn:nobody:${patient.id}/x` }));
  expect(refused).toMatchObject([
    { reason: expect.stringMatching(/^fhir-4(00|22)( [a-z-]+| HAPI-\d{4})*$/) },
  ]);
  expect(JSON.stringify(refused?.map(({ reason }) => reason))).not.toContain(patient.id);
});
