import { expect, test } from 'vitest';
import { milliseconds } from '../../../topology/model/time.ts';
import { fhirServer } from '../../servers/fhir.ts';
import { useServer } from '../../servers/use-server.ts';
import { T } from './alerts.ts';
import { auditsIn, ehrRig, freshPatient, heldVersions, laneOf, NEVER, read } from './ehr-rig.ts';
import { type Fault, FhirProxy, type Seen } from './fhir-proxy.ts';

const fhir = useServer(() => fhirServer());

const ONE = { Observation: [1], RiskAssessment: [1], Flag: [1], Provenance: [1] };

/** The first requests that are writes get these, one after the other. */
const onWrites = (...faults: readonly Fault[]): ((seen: Seen) => Fault | undefined) => {
  const left = [...faults];
  return ({ method }) => (method === 'GET' ? undefined : left.shift());
};

async function behindProxy(own: Parameters<typeof ehrRig>[1] = {}): Promise<{
  proxy: FhirProxy;
  rig: Awaited<ReturnType<typeof ehrRig>>;
  patient: ReturnType<typeof freshPatient>;
}> {
  const proxy = await FhirProxy.before(fhir().url);
  const rig = await ehrRig(proxy.url, { bases: [fhir().url], ...own });
  const patient = freshPatient(fhir().url);
  await patient.put();
  proxy.seen.length = 0;
  return { proxy, rig, patient };
}

test.each<[string, readonly Fault[], readonly string[]]>([
  ['a conflict, as HAPI says it', [{ status: 409 }], ['fhir-conflict']],
  ['a conflict, as FHIR says it', [{ status: 412 }], ['fhir-conflict']],
  [
    'a server error, an overload and a time-out',
    [{ status: 503 }, { status: 500 }, { status: 408 }],
    Array(3).fill('fhir-unavailable'),
  ],
  ['an end of the connection', ['reset'], ['fhir-unavailable']],
  ['an answer that is lost: it is written, and found written', ['answer-lost'], ['fhir-unavailable']],
  ['a right that is missing for a while', [{ status: 403 }], ['fhir-not-authorized']],
  [
    'a page of somebody who stands before the server',
    [{ status: 200, body: '<html>' }],
    ['fhir-unavailable'],
  ],
  ['a proxy that has lost the server', [{ status: 404, body: '<html>' }], ['fhir-unavailable']],
])('%s is tried again, and leaves one of each', async (_, faults, retries) => {
  const { proxy, rig, patient } = await behindProxy();
  const record = patient.record();
  proxy.fault = onWrites(...faults);
  expect(auditsIn(await rig.deliver(record))).toMatchObject([{ decision: 'DELIVERED' }]);
  expect(rig.retries).toEqual(retries);
  expect(await heldVersions(fhir().url, record.value.alertId)).toEqual(ONE);
});

test('whoever says how long to wait is believed', async () => {
  const { proxy, rig, patient } = await behindProxy();
  proxy.fault = onWrites({ status: 429, headers: { 'retry-after': '2' } });
  const began = performance.now();
  await rig.deliver(patient.record());
  expect(performance.now() - began).toBeGreaterThanOrEqual(1_990);
  expect(rig.retries).toEqual(['fhir-unavailable']);
});

test('a server that does not answer is given up after the time-out, and tried again', async () => {
  const { proxy, rig, patient } = await behindProxy({ options: { totalTimeout: milliseconds(8_000) } });
  proxy.fault = onWrites('silent');
  await rig.deliver(patient.record());
  expect(rig.retries[0]).toBe('fhir-unavailable');
});

test('an answer without end is not read to its end', async () => {
  const { proxy, rig, patient } = await behindProxy();
  proxy.fault = onWrites({ status: 500, body: 'x'.repeat(4 << 20) });
  await rig.deliver(patient.record());
  expect(rig.retries).toEqual(['fhir-unavailable']);
});

test.each([400, 422])(
  '%i is a dead letter at once, with codes of the OperationOutcome and none of its text',
  async (status) => {
    const { proxy, rig, patient } = await behindProxy();
    const outcome = {
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'invalid', diagnostics: 'HAPI-0450: Jane Planted, born 1950' }],
    };
    proxy.fault = onWrites({ status, body: JSON.stringify(outcome) });
    const record = patient.record();
    expect(await rig.deliver(record)).toEqual({
      outputs: [],
      refused: [{ record, reason: `fhir-${status} invalid HAPI-0450` }],
    });
    expect(proxy.writes).toHaveLength(1);
  },
);

test('somebody else who writes in between is seen: it is read again, and what is newer stays', async () => {
  const { proxy, rig, patient } = await behindProxy();
  const first = patient.record();
  await rig.deliver(first);
  const newer = patient.record({ status: 'ESCALATED', score: 3, peak: 3, processingTime: T + 20_000 }, 30);
  const older = patient.record({ status: 'UPDATED', processingTime: T + 9_000 }, 20);
  const other = await ehrRig(fhir().url);
  let between: Promise<unknown> | undefined;
  // It has read, and is about to write.
  proxy.before = async ({ method }) => {
    if (method !== 'GET') await (between ??= other.deliver(newer));
  };
  expect(auditsIn(await rig.deliver(older))).toMatchObject([
    { decision: 'SUPPRESSED', reason: 'older-than-held' },
  ]);
  expect(rig.retries).toEqual(['fhir-conflict']);
  expect(await read(fhir().url, `Observation/${first.value.alertId}`)).toMatchObject({
    valueQuantity: { value: 3 },
  });
});

test('what comes while it waits goes with the next try', async () => {
  const { proxy, rig, patient } = await behindProxy();
  const first = patient.record();
  const lane = laneOf([first]);
  let failed = 0;
  proxy.fault = ({ method }) => {
    if (method === 'GET' || failed++ > 0) return undefined;
    lane.add(patient.record({ status: 'ESCALATED', score: 3, peak: 3, processingTime: T + 9_000 }, 18));
    return { status: 503 };
  };
  expect(auditsIn(await rig.sink.deliver(lane, NEVER))).toMatchObject([
    { decision: 'SUPPRESSED', reason: 'superseded' },
    { decision: 'DELIVERED', reason: 'ESCALATED' },
  ]);
  expect(await heldVersions(fhir().url, first.value.alertId)).toEqual(ONE);
});

test('told to stop, it throws at once and has written nothing', async () => {
  const { proxy, rig, patient } = await behindProxy();
  proxy.fault = () => 'silent';
  const stop = new AbortController();
  const delivering = rig.sink.deliver(laneOf([patient.record()]), stop.signal);
  await expect.poll(() => proxy.seen.length).toBeGreaterThan(0);
  stop.abort();
  await expect(delivering).rejects.toThrow();
});

test('a server that gives ids itself: found by identifier, one of each, and amended', async () => {
  const { proxy, rig, patient } = await behindProxy();
  const refused = {
    status: 405,
    body: JSON.stringify({
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'not-supported' }],
    }),
  };
  const record = patient.record();
  const id = record.value.alertId;
  proxy.fault = ({ method, body }) =>
    method !== 'GET' && body.includes(`"url":"Observation/${id}"`) ? refused : undefined;
  await rig.deliver(record);
  await rig.deliver(record);
  await rig.deliver(patient.record({ status: 'RESOLVED', score: 1, processingTime: T + 9_000 }, 18));
  expect(rig.retries).toEqual([]);
  const types = ['Observation', 'RiskAssessment', 'Flag'] as const;
  expect(await heldVersions(fhir().url, id, types)).toEqual({
    Observation: [2],
    RiskAssessment: [2],
    Flag: [2],
  });
  expect(await heldVersions(fhir().url, id, ['Provenance'])).toEqual({ Provenance: [] });
});

test('one resource alone needs no transaction', async () => {
  const { proxy, rig, patient } = await behindProxy({ types: ['Observation'] });
  const record = patient.record();
  await rig.deliver(record);
  await rig.deliver(patient.record({ status: 'RESOLVED', score: 1, processingTime: T + 9_000 }, 18));
  expect(proxy.writes.map(({ method, headers }) => [method, headers['if-match']])).toEqual([
    ['PUT', undefined],
    ['PUT', 'W/"1"'],
  ]);
  expect(await heldVersions(fhir().url, record.value.alertId, ['Observation'])).toEqual({ Observation: [2] });
});
