import { describe, expect, test } from 'vitest';
import { DAY, HOUR, T0 } from '../events.ts';
import { coded, type Json, quantity, read, valued } from '../fhir.ts';

const order = (more: Json = {}): Json => ({
  resourceType: 'MedicationRequest',
  id: 'mr-1',
  status: 'active',
  intent: 'order',
  medicationCodeableConcept: { text: 'Vancomycin' },
  subject: { reference: 'Patient/p1' },
  authoredOn: '2026-01-05T23:30:00-05:00',
  ...more,
});
const encounter = (more: Json = {}): Json => ({
  resourceType: 'Encounter',
  id: 'e1',
  status: 'in-progress',
  class: { code: 'EMER' },
  subject: { reference: 'Patient/p1' },
  period: { start: '2026-01-05T01:00:00Z', end: '2026-01-05T03:00:00Z' },
  location: [{ location: { reference: 'Location/l1', display: 'ED 4' } }],
  partOf: { reference: 'Encounter/e0' },
  ...more,
});

describe('lactate', () => {
  const lactate = (value: Json, more: Json = {}): Json => valued('2524-7', { valueQuantity: value }, more);

  test('in mmol/L, whatever its unit', async () => {
    expect((await read(lactate(quantity(2.4, 'mmol/L')))).event).toMatchObject({
      kind: 'LACTATE',
      time: T0,
      measurements: [{ kind: 'LACTATE', value: 2.4 }],
    });
    expect((await read(lactate(quantity(36, 'mg/dL')))).event?.measurements[0]?.value).toBeCloseTo(3.996, 3);
  });

  test.each(['>', '>='])('%s than what can be measured is at least that', async (comparator) => {
    const { event, ignored } = await read(lactate(quantity(15, 'mmol/L', { comparator })));
    expect([event?.measurements[0]?.value, ignored]).toEqual([15, undefined]);
  });

  test.each<[string, Json, string | undefined, string | undefined]>([
    [
      'less than what can be measured',
      lactate(quantity(0.5, 'mmol/L', { comparator: '<' })),
      'comparator',
      undefined,
    ],
    ['an implausible number', lactate(quantity(600, 'mmol/L')), 'implausible', undefined],
    ['another unit', lactate(quantity(2, 'g/L')), undefined, 'unknown-unit'],
    ['a text for a number', lactate(quantity('2', 'mmol/L')), undefined, 'bad-value'],
    [
      'a date only',
      lactate(quantity(2, 'mmol/L'), { effectiveDateTime: '2026-01-05' }),
      undefined,
      'imprecise-time',
    ],
  ])('%s', async (_what, resource, ignored, dead) => {
    const reading = await read(resource);
    expect([reading.ignored, reading.dead]).toEqual([ignored, dead]);
  });
});

describe('cultures and antibiotic orders', () => {
  test('a date will do, and stays a date', async () => {
    const culture = valued('600-7', {}, { effectiveDateTime: '2026-01-05' });
    expect((await read(culture)).event).toMatchObject({
      kind: 'CULTURE',
      time: T0,
      timePrecision: 'DATE',
      localDate: T0 / DAY,
    });
    expect((await read(order({ authoredOn: '2026-01-05' }))).event).toMatchObject({
      kind: 'ANTIBIOTIC',
      timePrecision: 'DATE',
      localDate: T0 / DAY,
    });
  });

  test('the day is the one written at the bedside, not the day in Greenwich', async () => {
    expect((await read(order())).event).toMatchObject({
      time: T0 + DAY + 4.5 * HOUR,
      timePrecision: 'INSTANT',
      localDate: T0 / DAY,
    });
  });

  test('the order of a culture counts from when it was written', async () => {
    const request = {
      ...valued('600-7', {}),
      resourceType: 'ServiceRequest',
      status: 'active',
      authoredOn: '2026-01-04',
    };
    expect((await read(request)).event).toMatchObject({
      kind: 'CULTURE',
      resourceType: 'SERVICE_REQUEST',
      localDate: T0 / DAY - 1,
    });
  });

  test('a report of a culture is one', async () => {
    expect((await read({ ...valued('600-7', {}), resourceType: 'DiagnosticReport' })).event).toMatchObject({
      kind: 'CULTURE',
      resourceType: 'DIAGNOSTIC_REPORT',
    });
  });

  test('an order without authoredOn counts from its first dose', async () => {
    const dosed = order({
      authoredOn: undefined,
      dosageInstruction: [{ timing: { repeat: { boundsPeriod: { start: '2026-01-05T00:00:00Z' } } } }],
    });
    expect((await read(dosed)).event?.time).toBe(T0);
    expect((await read(order({ authoredOn: undefined }))).dead).toBe('missing-time');
    expect((await read(order({ authoredOn: '2026' }))).dead).toBe('imprecise-time');
  });

  test('a local route or another drug is not ours', async () => {
    expect((await read(order({ medicationCodeableConcept: { text: 'Heparin' } }))).ignored).toBe('code');
    expect((await read(order({ dosageInstruction: [{ route: { text: 'OU' } }] }))).ignored).toBe('code');
  });

  test('the drug is shown as written', async () => {
    expect((await read(order())).event?.text).toBe('Vancomycin');
    const byCode = order({
      medicationCodeableConcept: {
        coding: [{ system: 'http://www.whocc.no/atc', code: 'J01XA01', display: 'vancomycin (iv)' }],
      },
    });
    expect((await read(byCode)).event?.text).toBe('vancomycin (iv)');
  });
});

describe('encounters', () => {
  test('class, period, place, and full references', async () => {
    expect((await read(encounter())).event).toMatchObject({
      kind: 'ENCOUNTER',
      encounter: 'https://ehr.example.org/fhir/Encounter/e1',
      encounterDetail: {
        status: 'in-progress',
        class: 'EMER',
        start: T0 + HOUR,
        end: T0 + 3 * HOUR,
        location: 'ED 4',
        partOf: 'https://ehr.example.org/fhir/Encounter/e0',
      },
    });
  });

  test('while it lasts it has no end', async () => {
    expect((await read(encounter({ period: { start: '2026-01-05' } }))).event).toMatchObject({
      time: T0,
      encounterDetail: { start: T0, end: null },
    });
  });

  test('without a start it cannot be placed', async () => {
    expect((await read(encounter({ period: undefined }))).dead).toBe('missing-time');
  });

  test('a vital sign names its encounter by its full reference, without a version', async () => {
    const vital = valued(
      '9279-1',
      { valueQuantity: quantity(24, '/min') },
      { encounter: { reference: 'Encounter/e1/_history/3' } },
    );
    expect((await read(vital)).event?.encounter).toBe('https://ehr.example.org/fhir/Encounter/e1');
  });
});

test.each(['Condition', 'Patient', 'Procedure', 'MedicationAdministration'])(
  'a %s is not ours',
  async (resourceType) => {
    expect((await read({ ...valued('9279-1', {}), resourceType })).ignored).toBe('resource-type');
  },
);

test("an envelope of the seed's producer is read like the bare resource", async () => {
  const resource = valued('9279-1', { valueQuantity: quantity(24, '/min') });
  const envelope = {
    EventId: 'x',
    ResourceType: 'Observation',
    PatientId: 'wrong',
    ResourceJson: JSON.stringify(resource),
  };
  expect((await read(envelope)).event).toEqual((await read(resource)).event);
  expect(coded('9279-1')).toEqual(resource['code']);
});
