import { expect, test } from 'vitest';
import { type Answer, foundAnother, isDone } from '../../../connectors/ehr/answer.ts';
import { Planning } from '../../../connectors/ehr/server.ts';
import type { ResourceType } from '../../../connectors/ehr/shape.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { askFhir } from '../../../docker/stack/fhir/fhir-request.ts';
import type { Clock } from '../../../topology/ports/clock.ts';
import { fhirServer } from '../../servers/fhir.ts';
import { useServer } from '../../servers/use-server.ts';
import { T } from './alerts.ts';
import { auditsIn, ehrRig, freshPatient, heldVersions, laneOf, NEVER } from './ehr-rig.ts';
import { FhirProxy, type Seen } from './fhir-proxy.ts';

const fhir = useServer(() => fhirServer());

/** One resource by a request of its own, and several in one transaction. */
const WAYS: readonly (readonly [string, readonly ResourceType[]])[] = [
  ['alone', ['Observation']],
  ['in a transaction', ['Observation', 'RiskAssessment', 'Flag']],
];

/** A sink before a server that takes nothing but `If-None-Exist` for what is new. */
async function creating(types: readonly ResourceType[], own: { readonly clock?: Clock } = {}) {
  const proxy = await FhirProxy.before(fhir().url);
  const ways = new Map(types.map((type) => [type, ['conditional-create' as const]]));
  const capability = { transaction: true, communication: false, ways };
  const planning = new Planning(proxy.url, capability, new Set(types));
  const rig = await ehrRig(proxy.url, { bases: [fhir().url], planning, ...own });
  const patient = freshPatient(fhir().url);
  await patient.put();
  return { proxy, rig, patient };
}

/** The first write is given up without an answer, and reaches the server only before the second. */
function overtaken(proxy: FhirProxy, meanwhile: () => void = () => {}): void {
  let late: Seen | undefined;
  proxy.fault = (seen) => {
    if (seen.method === 'GET' || late !== undefined) return undefined;
    late = seen;
    meanwhile();
    return 'reset';
  };
  let arrived: Promise<unknown> | undefined;
  proxy.before = async ({ method }) => {
    if (method === 'GET' || late === undefined) return;
    const { path, headers, body } = late;
    const condition = headers['if-none-exist'];
    arrived ??= askFhir(new URL(path, fhir().url).href, {
      method: 'POST',
      json: JSON.parse(body),
      headers: typeof condition === 'string' ? { 'if-none-exist': condition } : {},
    }).then(({ status }) => expect([200, 201]).toContain(status));
    await arrived;
  };
}

const statusesOf = async (alertId: string, types: readonly ResourceType[]): Promise<unknown[]> =>
  Promise.all(
    types.map(async (type) => {
      const query = `${type}?identifier=urn:sepsis-streams:alert%7C${alertId}`;
      const found: { entry: { resource: { status: string } }[] } = JSON.parse(
        (await askFhir(`${fhir().url}/${query}`)).body,
      );
      return found.entry.map(({ resource }) => resource.status);
    }),
  );

test.each(WAYS)('what a time-out left behind is not taken for what came later: %s', async (_, types) => {
  const { proxy, rig, patient } = await creating(types);
  const first = patient.record();
  const lane = laneOf([first]);
  const retracted = { status: 'RETRACTED', score: 0, criteria: [], processingTime: T + 9_000 } as const;
  overtaken(proxy, () => lane.add(patient.record(retracted, 18)));
  expect(auditsIn(await rig.sink.deliver(lane, NEVER))).toMatchObject([
    { decision: 'SUPPRESSED', reason: 'superseded' },
    { decision: 'DELIVERED', reason: 'RETRACTED' },
  ]);
  const { alertId } = first.value;
  expect(await statusesOf(alertId, types)).toEqual(types.map(() => ['entered-in-error']));
  expect(rig.retries).toEqual(['fhir-unavailable', 'fhir-conflict']);
  const held = await heldVersions(fhir().url, alertId, types);
  expect(held).toEqual(Object.fromEntries(types.map((type) => [type, [2]])));
});

test.each(WAYS)('what a time-out left behind and is the same is found, and stays: %s', async (_, types) => {
  const { proxy, rig, patient } = await creating(types);
  const record = patient.record();
  overtaken(proxy);
  expect(auditsIn(await rig.deliver(record))).toMatchObject([{ decision: 'DELIVERED', reason: 'RAISED' }]);
  expect(rig.retries).toEqual(['fhir-unavailable', 'fhir-conflict']);
  const held = await heldVersions(fhir().url, record.value.alertId, types);
  expect(held).toEqual(Object.fromEntries(types.map((type) => [type, [1]])));
});

test.each(WAYS)('an answer that is lost: it is written, and found written: %s', async (_, types) => {
  const { proxy, rig, patient } = await creating(types);
  let lost = false;
  proxy.fault = ({ method }) => {
    if (method === 'GET' || lost) return undefined;
    lost = true;
    return 'answer-lost';
  };
  const record = patient.record();
  expect(auditsIn(await rig.deliver(record))).toMatchObject([{ decision: 'DELIVERED', reason: 'RAISED' }]);
  expect(rig.retries).toEqual(['fhir-unavailable']);
  expect(proxy.writes).toHaveLength(1);
  const held = await heldVersions(fhir().url, record.value.alertId, types);
  expect(held).toEqual(Object.fromEntries(types.map((type) => [type, [1]])));
});

test('a search that lags behind what is there is waited for, longer each time', async () => {
  const pauses: number[] = [];
  const clock: Clock = { ...systemClock, sleep: (pause) => Promise.resolve(void pauses.push(pause)) };
  const { proxy, rig, patient } = await creating(['Observation'], { clock });
  const first = patient.record();
  await rig.deliver(first);
  proxy.seen.length = 0;
  const empty = JSON.stringify({ resourceType: 'Bundle', type: 'searchset' });
  proxy.fault = ({ method }) =>
    method === 'GET' && proxy.writes.length < 5 ? { status: 200, body: empty } : undefined;
  const resolved = patient.record({ status: 'RESOLVED', score: 1, processingTime: T + 9_000 }, 18);
  expect(auditsIn(await rig.deliver(resolved))).toMatchObject([{ decision: 'DELIVERED' }]);
  expect(rig.retries).toEqual(Array(5).fill('fhir-conflict'));
  expect(pauses).toHaveLength(5);
  expect(pauses.at(-1)).toBeGreaterThan(pauses[0] ?? 0);
  expect(await heldVersions(fhir().url, first.value.alertId, ['Observation'])).toEqual({ Observation: [2] });
  // A search that is answered from memory would lag so.
  const asked = proxy.seen.filter(({ method }) => method === 'GET');
  for (const { headers } of asked) expect(headers['cache-control']).toBe('no-cache');
});

test('of what is done, a creation under a condition is written with 201 alone', () => {
  const create = { request: { method: 'POST' as const, url: 'Flag', ifNoneExist: 'identifier=a' } };
  const update = { request: { method: 'PUT' as const, url: 'Flag/a', ifMatch: 'W/"1"' } };
  const alone = (status: number): Answer => ({ status, headers: {}, body: '' });
  const bundle = (...statuses: string[]): Answer => {
    const entry = statuses.map((status) => ({ response: { status } }));
    const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction-response', entry });
    return { status: 200, headers: {}, body };
  };
  const cases: readonly (readonly [Answer, readonly (typeof create | typeof update)[], boolean])[] = [
    [alone(201), [create], false],
    [alone(200), [create], true],
    [alone(204), [create], true],
    [alone(200), [update], false],
    [bundle('201 Created', '200 OK'), [create, update], false],
    [bundle('200 OK', '201'), [update, create], false],
    [bundle('200 OK', '200 OK'), [update, create], true],
    [bundle('201', '200'), [create, create], true],
  ];
  for (const [answer, entries, found] of cases) {
    expect(isDone(answer, entries.length)).toBe(true);
    expect(foundAnother(answer, entries)).toBe(found);
  }
});
