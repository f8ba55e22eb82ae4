import { describe, expect, it } from 'vitest';
import type { FhirResource } from '../../../schemas/fhir/resource.ts';
import { fails, observation, reads } from './reading.ts';

describe('the fields', () => {
  it('null is absence, not a fault', () => {
    const read = reads(
      observation({ status: null, code: null, component: [null], valueQuantity: { value: null } }),
    );
    expect(read).toMatchObject({ status: undefined, components: [], malformed: undefined });
    expect(read.value).toMatchObject({ kind: 'quantity', value: undefined, notNumber: false });
  });

  it.each([
    [{ status: 5 }, 'status'],
    [{ meta: { versionId: 3 } }, 'meta.versionId'],
    [{ code: { coding: [{ code: 'a' }, { display: 1 }] } }, 'code.coding[1].display'],
    [{ subject: { identifier: { value: {} } } }, 'subject.identifier.value'],
    [{ component: [{}, { valueQuantity: [] }] }, 'component[1].valueQuantity'],
    [{ effectiveTiming: { event: [1] } }, 'effectiveTiming.event[0]'],
    [{ focus: {} }, 'focus'],
    [{ valueQuantity: { value: '40' } }, 'valueQuantity.value'],
  ])('%j has a fault that is named by its path', (fields, path) => {
    expect(reads(observation(fields)).malformed).toBe(path);
  });

  it('a key that is something else in another type is no fault there', () => {
    expect(
      reads(observation({ partOf: [{ reference: 'Procedure/1' }], class: [] })).malformed,
    ).toBeUndefined();
    expect(reads({ resourceType: 'Task', focus: { reference: 'x' } })).toMatchObject({
      focus: false,
      malformed: undefined,
    });
  });

  it('a quantity whose value is a string has no number, and says so', () => {
    expect(reads(observation({ valueQuantity: { value: '40', unit: '/min' } })).value).toMatchObject({
      value: undefined,
      notNumber: true,
      unit: '/min',
    });
  });

  it('a second value in a quantity replaces the first, also where the rest came before with another first value', () => {
    const twice = (first: number): string =>
      `{"resourceType":"Observation","valueQuantity":{"value":${first},"unit":"x","value":7}}`;
    for (const first of [1, 2, 3, 4]) expect(reads(twice(first)).value).toMatchObject({ value: 7 });
  });

  it('a value that comes again byte for byte is read the same each time, with its fault and its text', () => {
    const faulty = observation({ code: { coding: [{ code: 5, display: 'd' }] } });
    const accented = observation({ code: { text: 'temp\u00e9rature' } });
    for (let times = 0; times < 4; times++) {
      expect(reads(faulty).malformed).toBe('code.coding[0].code');
      expect(reads(accented).code.text).toBe('temp\u00e9rature');
      expect(reads(observation({ code: { text: 'plain' } })).code.text).toBe('plain');
    }
    const cut = Buffer.from(JSON.stringify(accented)).fill(0xff, 48, 49);
    for (let times = 0; times < 4; times++) expect(fails(cut).reason).toBe('not-utf8');
  });

  it.each([
    ['valueString', 'x', 'string'],
    ['valueRange', {}, 'Range'],
    ['valueRatio', {}, 'Ratio'],
    ['valueSampledData', {}, 'SampledData'],
    ['valueBoolean', false, 'boolean'],
    ['valueDateTime', '2026', 'dateTime'],
    ['valueTime', '10:00', 'time'],
    ['valuePeriod', {}, 'Period'],
  ])('%s is there, but no number', (key, value, type) => {
    expect(reads(observation({ [key]: value })).value).toEqual({ kind: 'other', type });
  });

  it('of several value[x] the number counts, whatever their order', () => {
    const number = { valueQuantity: { value: 1 } };
    const text = { valueString: 'x', valueInteger: 2, valueCodeableConcept: {} };
    expect(reads(observation({ ...number, ...text })).value.kind).toBe('quantity');
    expect(reads(observation({ ...text, ...number })).value.kind).toBe('quantity');
    expect(reads(observation(text)).value).toEqual({ kind: 'integer', value: 2 });
  });

  it('the type decides what a key means, also when resourceType comes last', () => {
    const fields = {
      code: { text: 'code' },
      medicationCodeableConcept: { text: 'drug' },
      period: { start: 's1' },
      effectivePeriod: { start: 's2' },
      class: { code: 'IMP' },
    };
    const last = (resourceType: string): FhirResource => reads({ ...fields, resourceType });
    expect(last('Observation')).toMatchObject({
      code: { text: 'code' },
      periodStart: 's2',
      encounterClass: undefined,
    });
    expect(last('Encounter')).toMatchObject({ periodStart: 's1', encounterClass: 'IMP' });
    expect(last('MedicationRequest')).toMatchObject({ code: { text: 'drug' }, periodStart: 's2' });
  });

  it('an order says its routes, its drug type and when it begins', () => {
    const dosage = (route: object): object => ({
      route,
      timing: { repeat: { boundsPeriod: { start: '2102-08-29' } } },
    });
    const read = reads({
      resourceType: 'MedicationRequest',
      category: [{ text: 'MAIN' }, {}, { text: 'BASE' }],
      dosageInstruction: [
        dosage({ text: 'IV', coding: [{ code: 'x' }] }),
        { route: { coding: [{ system: 's' }, { display: 'Oral' }, { code: 'y' }] } },
        {},
      ],
    });
    expect(read).toMatchObject({ route: 'IV Oral', category: 'MAIN BASE', boundsStart: '2102-08-29' });
    const late = reads({
      resourceType: 'MedicationRequest',
      dosageInstruction: [{}, dosage({})],
      category: { text: 'x' },
    });
    expect(late).toMatchObject({ boundsStart: undefined, category: 'x', route: undefined });
  });

  it('the location is that of the first element: its display, else its reference', () => {
    const at = (location: object): FhirResource =>
      reads({ resourceType: 'Encounter', location: [{ location }, { location: 3 }] });
    expect(at({ reference: 'Location/1', display: 'MICU' }).location).toBe('MICU');
    expect(at({ reference: 'Location/1' }).location).toBe('Location/1');
  });
});
