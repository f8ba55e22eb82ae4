import { describe, expect, test } from 'vitest';
import { T0 } from '../events.ts';
import { coded, type Json, observation, read } from '../fhir.ts';

const culture = (status: string): Json => ({
  ...observation({ code: coded('600-7'), valueQuantity: undefined }),
  status,
});
const report = (status: string): Json => ({ ...culture(status), resourceType: 'DiagnosticReport' });
const request = (status: string): Json => ({
  resourceType: 'ServiceRequest',
  id: 'sr-1',
  status,
  code: coded('600-7'),
  subject: { reference: 'Patient/p1' },
  authoredOn: '2026-01-05',
});
const order = (status: string, intent = 'order'): Json => ({
  resourceType: 'MedicationRequest',
  id: 'mr-1',
  status,
  intent,
  medicationCodeableConcept: { text: 'Vancomycin' },
  subject: { reference: 'Patient/p1' },
  authoredOn: '2026-01-05T01:00:00Z',
});
const encounter = (status: string): Json => ({
  resourceType: 'Encounter',
  id: 'e-1',
  status,
  class: { code: 'EMER' },
  subject: { reference: 'Patient/p1' },
  period: { start: '2026-01-05T01:00:00Z' },
});

const RULES: readonly (readonly [
  what: string,
  of: (status: string) => Json,
  kind: string,
  counts: readonly string[],
  not: readonly string[],
])[] = [
  [
    'a vital sign',
    (status) => observation({ status }),
    'VITAL_SIGNS',
    ['final', 'amended', 'corrected', 'preliminary'],
    ['registered', 'cancelled', 'unknown'],
  ],
  [
    'a culture',
    culture,
    'CULTURE',
    ['registered', 'preliminary', 'final', 'amended', 'corrected'],
    ['cancelled', 'unknown'],
  ],
  [
    'a culture report',
    report,
    'CULTURE',
    ['registered', 'partial', 'preliminary', 'final', 'appended'],
    ['cancelled', 'unknown'],
  ],
  [
    'a culture order',
    request,
    'CULTURE',
    ['active', 'completed'],
    ['draft', 'on-hold', 'revoked', 'unknown'],
  ],
  [
    'an antibiotic order',
    order,
    'ANTIBIOTIC',
    ['active', 'completed'],
    ['on-hold', 'cancelled', 'stopped', 'draft', 'unknown'],
  ],
  [
    'an encounter',
    encounter,
    'ENCOUNTER',
    ['arrived', 'triaged', 'in-progress', 'onleave', 'finished'],
    ['planned', 'cancelled', 'unknown'],
  ],
];

describe.each(RULES)('status of %s', (_what, of, kind, counts, not) => {
  test.each(counts)('%s counts', async (status) => {
    const { event, ignored, dead } = await read(of(status));
    expect([event?.kind, ignored, dead]).toEqual([kind, undefined, undefined]);
    expect(event?.preliminary).toBe(status === 'preliminary');
  });

  test.each(not)('%s does not count, and withdraws an earlier version', async (status) => {
    const { event, ignored } = await read(of(status));
    expect(ignored).toBe(`status-${status}`);
    expect(event).toMatchObject({ measurements: [], patient: 'https://ehr.example.org/fhir/Patient/p1' });
    expect(event?.kind).toBe(kind === 'VITAL_SIGNS' ? 'VITAL_SIGNS' : 'RETRACTION');
  });

  test('entered-in-error withdraws', async () => {
    const { event, ignored, dead } = await read(of('entered-in-error'));
    expect([ignored, dead]).toEqual([undefined, undefined]);
    expect(event).toMatchObject({ measurements: [], encounterDetail: null });
  });
});

describe('intent of an antibiotic order', () => {
  test.each(['order', 'original-order', 'instance-order'])('%s counts', async (intent) => {
    expect((await read(order('active', intent))).event?.kind).toBe('ANTIBIOTIC');
  });

  test.each(['proposal', 'plan', 'reflex-order', 'filler-order', 'option'])('%s does not', async (intent) => {
    expect((await read(order('active', intent))).event?.kind).toBe('RETRACTION');
  });
});

test('a status that does not count needs no patient to be ignored', async () => {
  const { event, ignored, dead } = await read(observation({ status: 'registered', subject: undefined }));
  expect([event, ignored, dead]).toEqual([undefined, 'status-registered', undefined]);
});

test('a withdrawal keeps its time when it has one that is exact', async () => {
  expect((await read(observation({ status: 'entered-in-error' }))).event?.time).toBe(T0);
  expect(
    (await read(observation({ status: 'entered-in-error', effectiveDateTime: undefined }))).event?.time,
  ).toBeNull();
});
