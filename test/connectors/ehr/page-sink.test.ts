import { expect, test } from 'vitest';
import type { HeldAlert } from '../../../connectors/ehr/communication.ts';
import { communicationOf } from '../../../connectors/ehr/communication.ts';
import { PageSink, type PageSinkSettings } from '../../../connectors/ehr/page-sink.ts';
import { communicationPrepared, Planning, prepared } from '../../../connectors/ehr/server.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import type { Delivery } from '../../../connectors/sink/sink.ts';
import { askFhir } from '../../../docker/stack/fhir/fhir-request.ts';
import type { AuditEvent } from '../../../schemas/generated/audit-event.ts';
import { fhirServer } from '../../servers/fhir.ts';
import { useServer } from '../../servers/use-server.ts';
import { connectionTo, ehrRig, freshPatient, laneOf, NEVER } from './ehr-rig.ts';
import { FhirProxy } from './fhir-proxy.ts';
import { heldCommunications, pageOf, pageRecord } from './pages.ts';

const fhir = useServer(() => fhirServer());

let known: Promise<Planning> | undefined;

/** Delivers decisions of one patient to a sink of its own. */
async function deliver(
  pages: readonly AuditEvent[],
  own: Partial<PageSinkSettings> = {},
  base: string = fhir().url,
) {
  const connection = connectionTo(base);
  known ??= prepared(connection, undefined, NEVER);
  const planning = await known;
  const sink = new PageSink({
    connection,
    planning,
    clock: systemClock,
    chance: () => 0,
    alertWait: 60_000,
    ...own,
  });
  const done: Delivery<AuditEvent> = await sink.deliver(laneOf(pages.map((one) => pageRecord(one))), NEVER);
  return { ...done, planning, connection };
}

async function writtenAlert() {
  const base = fhir().url;
  const patient = freshPatient(base);
  await patient.put();
  const record = patient.record();
  const rig = await ehrRig(base, { types: ['Observation'] });
  await rig.deliver(record);
  return { base, patient, alert: record.value, page: pageOf(record.value) };
}

test('delivered eight at once and again, a page leaves one Communication in one version', async () => {
  const { base, patient, alert, page } = await writtenAlert();
  const { planning, connection } = await deliver([]);
  await communicationPrepared(connection, planning, NEVER);
  await Promise.all(Array.from({ length: 8 }, () => deliver([page], { chance: Math.random })));
  expect(await deliver([page, page])).toMatchObject({ outputs: [], refused: [] });
  const held = await heldCommunications(base, page);
  expect(held).toMatchObject([
    {
      id: page.id,
      meta: { versionId: '1' },
      status: 'completed',
      subject: { reference: `Patient/${patient.id}` },
      encounter: { reference: `Encounter/${patient.id}` },
      about: [{ reference: `Observation/${alert.alertId}` }],
    },
  ]);
});

test('two pages of an alert are two, and what is no page is none', async () => {
  const { base, alert, page } = await writtenAlert();
  const second = pageOf(alert, { id: 'b'.repeat(24) + alert.alertId.slice(24), reason: 'score' });
  const none = pageOf(alert, { id: 'c'.repeat(24) + alert.alertId.slice(24), reason: 'resolved-merged' });
  const told: string[] = [];
  await deliver([page, second, none], { told: (kind) => told.push(kind) });
  const counts = await Promise.all([page, second, none].map((one) => heldCommunications(base, one)));
  expect(counts.map(({ length }) => length)).toEqual([1, 1, 0]);
  expect(told).toEqual(['written', 'written']);
});

test('an alert that is not there yet is waited for', async () => {
  const base = fhir().url;
  const patient = freshPatient(base);
  await patient.put();
  const record = patient.record();
  const page = pageOf(record.value);
  const rig = await ehrRig(base, { types: ['Observation'] });
  const codes: string[] = [];
  let coming: Promise<unknown> | undefined;
  const retrying = (code: string): void => {
    codes.push(code);
    coming ??= rig.deliver(record);
  };
  expect(await deliver([page], { retrying })).toMatchObject({ refused: [] });
  await coming;
  expect(new Set(codes)).toEqual(new Set(['fhir-alert-missing']));
  expect(await heldCommunications(base, page)).toHaveLength(1);
});

test('an alert that never comes is a dead letter after the wait, and the next page goes on', async () => {
  const { base, page } = await writtenAlert();
  const lost = pageOf(freshPatient(base).record().value);
  const { refused } = await deliver([lost, page], { alertWait: 0 });
  expect(refused).toMatchObject([{ record: { value: lost }, reason: 'fhir-alert-missing' }]);
  expect(await heldCommunications(base, lost)).toEqual([]);
  expect(await heldCommunications(base, page)).toHaveLength(1);
});

test('what will never be taken is a dead letter with its codes, and what may pass is tried again', async () => {
  const { base, alert, page } = await writtenAlert();
  const bad = pageOf(alert, { id: 'e'.repeat(24) + alert.alertId.slice(24) });
  const proxy = await FhirProxy.before(base);
  let failures = 0;
  proxy.fault = ({ method, body }) => {
    if (method !== 'PUT') return undefined;
    if (!body.includes(bad.id)) return failures++ === 0 ? { status: 503, body: '' } : undefined;
    const issue = [{ severity: 'error', code: 'invalid', diagnostics: 'nobody here' }];
    return { status: 422, body: JSON.stringify({ resourceType: 'OperationOutcome', issue }) };
  };
  const codes: string[] = [];
  const { refused } = await deliver([bad, page], { retrying: (code) => codes.push(code) }, proxy.url);
  expect(refused).toMatchObject([{ record: { value: bad }, reason: 'fhir-422 invalid' }]);
  expect(codes).toEqual(['fhir-unavailable']);
  expect(await heldCommunications(base, page)).toHaveLength(1);
});

test('a server validates it, and finds fault with one that is wrong', async () => {
  const { base, patient, alert, page } = await writtenAlert();
  const held: HeldAlert = {
    id: alert.alertId,
    subject: { reference: `Patient/${patient.id}` },
    encounter: { reference: `Encounter/${patient.id}` },
  };
  const errorsIn = async (json: object): Promise<string[]> => {
    const { body } = await askFhir(`${base}/Communication/$validate`, { method: 'POST', json });
    const outcome: { issue: { severity: string }[] } = JSON.parse(body);
    return outcome.issue.map(({ severity }) => severity).filter((one) => /error|fatal/.test(one));
  };
  const good = communicationOf(page, held);
  expect(await errorsIn(good)).toEqual([]);
  expect(await errorsIn({ ...good, status: 'told' })).not.toEqual([]);
});

test('a server that does not take Communications is told before it begins', async () => {
  const { connection } = await deliver([]);
  const ways = new Map([['Observation' as const, ['client-id' as const]]]);
  const planning = new Planning(
    connection.base,
    { transaction: true, ways, communication: false },
    undefined,
  );
  await expect(communicationPrepared(connection, planning, NEVER)).rejects.toMatchObject({
    code: 'fhir-unfit',
  });
});
