import { expect, test } from 'vitest';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import type { AuditEvent } from '../../../schemas/generated/audit-event.ts';
import { TOPIC } from '../../../schemas/topics.ts';
import { freshPatient, heldVersions } from '../../connectors/ehr/ehr-rig.ts';
import { heldCommunications, pageOf } from '../../connectors/ehr/pages.ts';
import { until } from '../run/real-ward.ts';
import { EhrStack } from './ehr-stack.ts';

const stack = new EhrStack();
const GROUP = 'sepsis-streams-ehr-pages';
const encoder = new TextEncoder();
const partitions = [0, 1].map((partition) => ({ topic: TOPIC.audit, partition }));

/** Writes decisions to the audit trail. */
const decide = (...events: readonly AuditEvent[]): Promise<unknown> =>
  stack.driver.producer().send(
    TOPIC.audit,
    events.map((event) => ({
      key: encoder.encode(event.patientPseudonym),
      value: stack.topics.audit.value.encode(event),
      timestamp: systemClock.now(),
    })),
  );

/** Resolves when the group has read the audit trail to its end. */
async function trailRead(): Promise<void> {
  const admin = stack.driver.admin();
  await until(async () => {
    const committed = await admin.committed(GROUP, partitions);
    const ends = await Promise.all(partitions.map((at) => admin.offsets(at)));
    const read = ends.every(
      ({ end }, i) => end === 0 || (committed.get(`${TOPIC.audit}/${i}`)?.offset ?? 0) >= end,
    );
    return read ? true : undefined;
  });
}

test('unless it is asked for there is no Communication, and no group that reads the audit trail', async () => {
  const patient = freshPatient(stack.fhir);
  await patient.put();
  const record = patient.record();
  const page = pageOf(record.value);
  const sink = stack.ehr(stack.fhir, { EHR_RESOURCES: 'Observation' });
  await sink.told('started');
  await decide(page);
  await stack.sendRecords(record);
  await stack.drained();
  expect((await heldVersions(stack.fhir, record.value.alertId, ['Observation']))['Observation']).toEqual([1]);
  sink.signal('SIGTERM');
  expect(await sink.exit).toBe(0);
  expect(await heldCommunications(stack.fhir, page)).toEqual([]);
  expect([...(await stack.driver.admin().committed(GROUP, partitions)).values()]).toEqual([]);
});

test('a page that was accepted before its alert is there, and twice, is one Communication', async () => {
  const patient = freshPatient(stack.fhir);
  await patient.put();
  const record = patient.record();
  const page = pageOf(record.value);
  const asked = { EHR_RESOURCES: 'Observation,Communication', HTTP_PORT: '0' };
  const sink = stack.ehr(stack.fhir, asked);
  await sink.told('started');
  await decide(page, pageOf(record.value, { id: 'd'.repeat(64), reason: 'resolved-merged' }), page);
  await stack.sendRecords(record);
  await stack.drained();
  await trailRead();
  expect(await heldCommunications(stack.fhir, page)).toMatchObject([
    { meta: { versionId: '1' }, subject: { reference: `Patient/${patient.id}` } },
  ]);
  const { port } = await sink.told('listening');
  const url = `http://127.0.0.1:${String(port)}`;
  const checks = await until(async () => {
    const ready = await fetch(`${url}/readyz`);
    const text = await ready.text();
    return ready.status === 200 ? text : undefined;
  });
  expect(checks).toContain('worker a pages');
  await until(async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return /delivery_total\{sink="ehr-pages",outcome="delivered",reason="page"\} [2-9]/.test(text)
      ? true
      : undefined;
  });
  expect(await stack.read(TOPIC.deadLetters)).toEqual([]);
  sink.signal('SIGTERM');
  expect(await sink.exit).toBe(0);
  for (const id of [patient.id, page.id, page.alertId]) expect(sink.text).not.toContain(id);
});
