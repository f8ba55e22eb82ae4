import { describe, expect, test } from 'vitest';
import { absolute, type Bases, type Subject, subjectResolver } from '../../schemas/fhir/patient-reference.ts';
import type { Reference } from '../../schemas/fhir/resource.ts';

const BASE = 'https://ehr.example.org/fhir';
const bases: Bases = {
  base: BASE,
  aliases: ['http://10.0.0.7:8080/fhir', 'https://ehr.example.org/fhir-proxy'],
};
const identifiers = new Map([
  ['urn:oid:1.2.3|MRN-1', 'p1'],
  ['urn:oid:1.2.3|MRN-2', 'https://other.example.com/fhir/Patient/p2'],
  ['urn:oid:1.2.3|MRN-3', 'http://10.0.0.7:8080/fhir/Patient/p3'],
  ['|MRN-4', 'Patient/p4'],
]);
const byReference = (reference: string | undefined, value?: string, system?: string): Reference => ({
  reference,
  identifierSystem: system,
  identifierValue: value,
});
const subjectOf = (reference: Reference | undefined): Subject =>
  subjectResolver(bases, identifiers)(reference);

describe('who a resource is about', () => {
  test.each([
    ['relative', 'Patient/p1'],
    ['absolute', `${BASE}/Patient/p1`],
    ['versioned', 'Patient/p1/_history/2'],
    ['absolute and versioned', `${BASE}/Patient/p1/_history/17`],
    ['by an alias of the base', 'http://10.0.0.7:8080/fhir/Patient/p1'],
    ['by an alias, versioned', 'https://ehr.example.org/fhir-proxy/Patient/p1/_history/1'],
    ['conditional, by an identifier of the map', 'Patient?identifier=urn:oid:1.2.3|MRN-1'],
    ['conditional, percent-encoded', 'Patient?identifier=urn%3Aoid%3A1.2.3%7CMRN-1'],
  ])('%s', (_form, reference) => {
    expect(subjectOf(byReference(reference))).toEqual({ patient: `${BASE}/Patient/p1` });
  });

  test.each([
    ['by identifier alone', byReference(undefined, 'MRN-1', 'urn:oid:1.2.3'), `${BASE}/Patient/p1`],
    ['contained, with an identifier', byReference('#pat', 'MRN-1', 'urn:oid:1.2.3'), `${BASE}/Patient/p1`],
    [
      'an empty reference, with an identifier',
      byReference('', 'MRN-1', 'urn:oid:1.2.3'),
      `${BASE}/Patient/p1`,
    ],
    [
      "an identifier that stands for another server's patient",
      byReference(undefined, 'MRN-2', 'urn:oid:1.2.3'),
      'https://other.example.com/fhir/Patient/p2',
    ],
    [
      'an identifier that stands for an alias',
      byReference(undefined, 'MRN-3', 'urn:oid:1.2.3'),
      `${BASE}/Patient/p3`,
    ],
    ['an identifier without a system', byReference(undefined, 'MRN-4'), `${BASE}/Patient/p4`],
    [
      'a reference, over an identifier beside it',
      byReference('Patient/p9', 'MRN-1', 'urn:oid:1.2.3'),
      `${BASE}/Patient/p9`,
    ],
  ])('%s', (_form, reference, patient) => {
    expect(subjectOf(reference)).toEqual({ patient });
  });

  test('another base is another patient', () => {
    expect(subjectOf(byReference('https://other.example.com/fhir/Patient/p1'))).toEqual({
      patient: 'https://other.example.com/fhir/Patient/p1',
    });
  });

  test('an address that only begins like the base is another base', () => {
    expect(subjectOf(byReference('https://ehr.example.org/fhir-proxy2/Patient/p1'))).toEqual({
      patient: 'https://ehr.example.org/fhir-proxy2/Patient/p1',
    });
  });

  test.each(['Group/g1', 'Device/d1', 'Location/l1', `${BASE}/Group/g1`, 'Group/g1/_history/2'])(
    '%s is not about a patient',
    (reference) => {
      expect(subjectOf(byReference(reference))).toEqual({ ignored: 'subject-not-patient' });
    },
  );

  test.each([
    ['no subject', undefined, 'missing-subject'],
    ['neither reference nor identifier', byReference(undefined), 'missing-subject'],
    ['an empty reference', byReference(''), 'missing-subject'],
    ['contained, without an identifier', byReference('#pat'), 'contained-subject'],
    [
      'a urn outside its Bundle',
      byReference('urn:uuid:7f1c9b1e-6a3c-4b0a-9a4e-0d3f2b1c4d5e'),
      'unknown-patient',
    ],
    [
      'an identifier that is not in the map',
      byReference(undefined, 'MRN-9', 'urn:oid:1.2.3'),
      'unknown-patient',
    ],
    ['the identifier of another system', byReference(undefined, 'MRN-1', 'urn:oid:9'), 'unknown-patient'],
    ['conditional, not in the map', byReference('Patient?identifier=urn:oid:1.2.3|MRN-9'), 'unknown-patient'],
    ['conditional, badly encoded', byReference('Patient?identifier=%E0%A4%A'), 'unknown-patient'],
    ['conditional by something else', byReference('Patient?name=Doe'), 'unknown-patient'],
    ['a bare id', byReference('p1'), 'unknown-patient'],
    ['no id', byReference('Patient/'), 'unknown-patient'],
    ['an id with a blank', byReference('Patient/p 1'), 'unknown-patient'],
    ['a fragment', byReference('Patient/p1#x'), 'unknown-patient'],
  ])('%s is a dead letter', (_form, reference, dead) => {
    expect(subjectOf(reference)).toMatchObject({ dead });
  });

  test('a reference never answers for an identifier of the same text, whichever came first', () => {
    const resolver = subjectResolver(bases, identifiers);
    expect(resolver(byReference(undefined, 'MRN-1', 'urn:oid:1.2.3'))).toHaveProperty('patient');
    for (const text of ['urn:oid:1.2.3|MRN-1', ' urn:oid:1.2.3|MRN-1'])
      expect(resolver(byReference(text))).toMatchObject({ dead: 'unknown-patient' });
  });

  test('what was resolved once is resolved the same again', () => {
    const resolver = subjectResolver(bases, identifiers);
    const first = resolver(byReference('Patient/p1/_history/2'));
    expect(resolver(byReference('Patient/p1/_history/2'))).toEqual(first);
  });
});

describe('without a base', () => {
  test('references stay as they are written', () => {
    const resolver = subjectResolver({}, new Map());
    expect(resolver(byReference('Patient/p1/_history/2'))).toEqual({ patient: 'Patient/p1' });
    expect(resolver(byReference('https://x/fhir/Patient/p1'))).toEqual({
      patient: 'https://x/fhir/Patient/p1',
    });
    expect(absolute('Encounter/e1', {})).toBe('Encounter/e1');
  });
});
