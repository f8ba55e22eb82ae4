import { expect, test } from 'vitest';
import { type Answer, isDone, refusalOf } from '../../../connectors/ehr/answer.ts';
import { readCapability } from '../../../connectors/ehr/capability.ts';
import { placeholderOf, resourceIdOf } from '../../../connectors/ehr/names.ts';
import { planOf } from '../../../connectors/ehr/plan.ts';
import { isOlder, markText, type RecordMark, readMark } from '../../../connectors/ehr/record-mark.ts';
import { referenceTo, sourcesOf } from '../../../connectors/ehr/references.ts';
import { BASE, entriesFor, planWith, raised, valued } from './alerts.ts';

const answer = (status: number, body: unknown = '', headers = {}): Answer => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const outcome = (code: string, diagnostics = ''): object => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code, diagnostics }],
});

test('ids follow the rule of FHIR, and are the same each time', () => {
  expect(resourceIdOf(raised.alertId)).toBe(raised.alertId);
  expect(resourceIdOf('has spaces')).toMatch(/^[0-9a-f]{64}$/);
  expect(resourceIdOf('x'.repeat(65))).toMatch(/^[0-9a-f]{64}$/);
  expect(placeholderOf('Flag', 'a')).toMatch(
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(placeholderOf('Flag', 'a')).not.toBe(placeholderOf('Observation', 'a'));
});

const mark = (offset: number, made: number, partition = 0): RecordMark => ({
  topic: 'a/b',
  partition,
  offset,
  made,
});

test('a mark is read as it was written, and what is none is none', () => {
  expect(readMark(markText(mark(17, -5)))).toEqual(mark(17, -5));
  for (const text of [undefined, '', 'a/1/2', 'a/1/x@3']) expect(readMark(text)).toBeUndefined();
});

test.each([
  ['before it in the log, and made before', mark(4, 10), true],
  ['before it in the log, and made at the same time', mark(4, 20), true],
  ['the same', mark(5, 20), false],
  ['behind it, by a clock that is behind', mark(6, 10), false],
  ['of a topic that was made anew', mark(1, 30), false],
  ['of another partition, made before', mark(9, 10, 1), true],
  ['of another partition, made later', mark(1, 30, 1), false],
])('a record that stands %s: older is %s', (_, record, older) => {
  expect(isOlder(record, mark(5, 20))).toBe(older);
});

test.each<[number, unknown, object]>([
  [409, '', { kind: 'conflict' }],
  [412, '', { kind: 'conflict' }],
  [401, '', { kind: 'later', code: 'fhir-not-authorized' }],
  [400, outcome('invalid'), { kind: 'never', reason: 'fhir-400 invalid' }],
  [400, 'no FHIR', { kind: 'never', reason: 'fhir-400' }],
  [422, outcome('Jane, born 1950'), { kind: 'never', reason: 'fhir-422' }],
  [
    400,
    outcome('processing', 'HAPI-1094: Resource Patient/jane not found'),
    { kind: 'unheld', type: 'Patient' },
  ],
  [
    400,
    outcome(
      'processing',
      'HAPI-1096: Resource Encounter/7 is deleted, specified in path: Observation.encounter',
    ),
    { kind: 'unheld', type: 'Encounter' },
  ],
  [404, '<html>', { kind: 'later', code: 'fhir-unavailable' }],
  [404, outcome('not-found'), { kind: 'never', reason: 'fhir-404 not-found' }],
  [502, '', { kind: 'later', code: 'fhir-unavailable' }],
  [302, '', { kind: 'later', code: 'fhir-unavailable' }],
])('%i %j', (status, body, refusal) => {
  expect(refusalOf(answer(status, body), 0)).toMatchObject(refusal);
});

test('a transaction is done when each of its entries is', () => {
  const bundle = (...statuses: string[]): object => ({
    resourceType: 'Bundle',
    type: 'transaction-response',
    entry: statuses.map((status) => ({ response: { status } })),
  });
  expect(isDone(answer(200, bundle('201 Created', '200 OK')), 2)).toBe(true);
  expect(isDone(answer(200, bundle('201 Created', '409')), 2)).toBe(false);
  expect(isDone(answer(200, bundle('201')), 2)).toBe(false);
  expect(isDone(answer(200, ''), 2)).toBe(false);
  expect(isDone(answer(201, ''), 1)).toBe(true);
  expect(isDone(answer(200, '<html>'), 1)).toBe(false);
});

const statement = (own: object, rest: object = { interaction: [{ code: 'transaction' }] }): unknown => ({
  resourceType: 'CapabilityStatement',
  fhirVersion: '4.0.1',
  rest: [
    {
      mode: 'server',
      ...rest,
      resource: ['Observation', 'RiskAssessment', 'Provenance', 'Flag'].map((type) => ({
        type,
        interaction: ['read', 'update', 'create', 'search-type'].map((code) => ({ code })),
        ...own,
      })),
    },
  ],
});
const planFor = (said: unknown, wanted?: readonly ('Observation' | 'Flag' | 'Provenance')[]): unknown => {
  const capability = readCapability(said);
  if (capability === undefined) return undefined;
  const { ways, transaction } = planOf(BASE, capability, wanted && new Set(wanted));
  return { transaction, ways: Object.fromEntries(ways) };
};

test('the safest way that a server does not deny is taken', () => {
  const all = { Observation: 'client-id', RiskAssessment: 'client-id', Provenance: 'client-id' };
  expect(planFor(statement({ updateCreate: true }))).toEqual({ transaction: true, ways: all });
  expect(planFor(statement({}))).toEqual({ transaction: true, ways: all });
  expect(
    planFor(statement({ updateCreate: false, conditionalUpdate: true, conditionalCreate: true })),
  ).toEqual({
    transaction: true,
    ways: { Observation: 'conditional-update', RiskAssessment: 'conditional-update' },
  });
  expect(
    planFor(statement({ updateCreate: false, conditionalCreate: true }), ['Observation', 'Flag']),
  ).toEqual({
    transaction: true,
    ways: { Observation: 'conditional-create', Flag: 'conditional-create' },
  });
});

test('without transactions the Observation alone is written, and what was asked for is refused', () => {
  expect(planFor(statement({}, {}))).toEqual({ transaction: false, ways: { Observation: 'client-id' } });
  expect(() => planFor(statement({}, {}), ['Observation', 'Flag'])).toThrow(/has no transactions/);
  expect(() => planFor(statement({ updateCreate: false }))).toThrow(/does not let Observation be written/);
  expect(() => planFor(statement({ updateCreate: false, conditionalUpdate: true }), ['Provenance'])).toThrow(
    /Provenance/,
  );
  expect(planFor({ resourceType: 'Bundle' })).toBeUndefined();
  expect(planFor({ resourceType: 'CapabilityStatement', fhirVersion: '5.0.0' })).toBeUndefined();
});

test.each([
  [
    'conditional-update',
    { method: 'PUT', url: expect.stringMatching(/^Observation\?identifier=urn%3Asepsis-streams%3Aalert%7C/) },
  ],
  [
    'conditional-create',
    { method: 'POST', url: 'Observation', ifNoneExist: expect.stringMatching(/^identifier=/) },
  ],
] as const)('by %s resources refer to each other inside the Bundle', (way, request) => {
  const [observation, risk] = entriesFor(raised, { plan: planWith(way, ['Observation', 'RiskAssessment']) });
  expect(observation).toMatchObject({ fullUrl: expect.stringMatching(/^urn:uuid:/), request });
  expect(observation?.resource).not.toHaveProperty('id');
  expect(risk?.resource).toMatchObject({
    basis: expect.arrayContaining([{ reference: observation?.fullUrl }]),
  });
});

test('references are relative to the server that is written to, and what cannot be referred to is named', () => {
  const referring = { bases: ['https://a/fhir', 'https://b/r4'], unheld: new Set<string>() };
  expect(referenceTo('https://b/r4/Patient/1', referring)).toEqual({ reference: 'Patient/1' });
  expect(referenceTo('Patient/1', referring)).toEqual({ reference: 'Patient/1' });
  expect(referenceTo('https://c/Patient/1', referring)).toEqual({ reference: 'https://c/Patient/1' });
  expect(referenceTo('Observation/~5', referring)).toMatchObject({ identifier: { value: 'Observation/~5' } });
});

test('what an alert rests on is named once each, beside its patient', () => {
  const criteria = [valued('RR', 24, true, 0), valued('SBP', 90, true, 0, { observationId: 'obs-rr' })];
  expect(sourcesOf({ ...raised, criteria })).toEqual([
    `${BASE}/Observation/obs-rr`,
    `${BASE}/Observation/obs-sbp`,
  ]);
  expect(sourcesOf({ ...raised, patient: 'Patient/1', criteria })[0]).toBe('Observation/obs-rr');
});
