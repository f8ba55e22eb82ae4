import { describe, expect, test } from 'vitest';
import { bundleResources, isBundle } from '../../../connectors/files/bundle.ts';
import { allRecords, inputs } from './written-input.ts';

const written = inputs();

/** The resources of a Bundle with these entries, parsed. */
const resources = (entry: readonly object[]): { index: number; resource: Record<string, unknown> }[] =>
  [...bundleResources(Buffer.from(JSON.stringify({ resourceType: 'Bundle', entry })))].map(
    ({ index, json }) => ({
      index,
      resource: JSON.parse(json.toString()),
    }),
  );

const about = (reference: string, more: object = {}): object => ({
  resourceType: 'Observation',
  subject: { reference },
  ...more,
});
const subjects = (entry: readonly object[]): unknown[] =>
  resources(entry).flatMap(({ resource }) =>
    resource['subject'] === undefined ? [] : [resource['subject']],
  );

describe('references of a Bundle', () => {
  test('urn:uuid: becomes the id of the resource, else the uuid; everywhere in a resource', () => {
    const entries = [
      { fullUrl: 'urn:uuid:1111', resource: { resourceType: 'Patient', id: 'p1' } },
      { fullUrl: 'urn:uuid:2222', resource: { resourceType: 'Patient' } },
      {
        fullUrl: 'urn:uuid:3333',
        resource: about('urn:uuid:1111', { performer: [{ reference: 'urn:uuid:2222' }] }),
      },
      { fullUrl: 'urn:uuid:4444', resource: about('urn:uuid:2222') },
      { resource: about('urn:uuid:9999') },
    ];
    expect(subjects(entries)).toEqual([
      { reference: 'Patient/p1' },
      { reference: 'Patient/2222' },
      { reference: 'urn:uuid:9999' },
    ]);
    expect(resources(entries)[2]?.resource['performer']).toEqual([{ reference: 'Patient/2222' }]);
  });

  test('a full URL that is no address of that resource is a local name too', () => {
    expect(
      subjects([
        { fullUrl: 'http://example.org/any', resource: { resourceType: 'Patient', id: 'p1' } },
        { resource: about('http://example.org/any') },
      ]),
    ).toEqual([{ reference: 'Patient/p1' }]);
  });

  test('a relative reference belongs to the server of its entry; the same id elsewhere is another patient', () => {
    expect(
      subjects([
        { fullUrl: 'https://a.example/fhir/Patient/p1', resource: { resourceType: 'Patient', id: 'p1' } },
        { fullUrl: 'https://a.example/fhir/Observation/1', resource: about('Patient/p1') },
        { fullUrl: 'https://b.example/r4/Observation/1', resource: about('Patient/p1/_history/2') },
        {
          fullUrl: 'https://b.example/r4/Observation/2',
          resource: about('https://a.example/fhir/Patient/p1'),
        },
        { fullUrl: 'https://b.example/r4/Encounter/3', resource: about('Patient/p1') },
        { fullUrl: 'urn:uuid:1', resource: about('Patient/p1') },
        { fullUrl: 'https://b.example/r4/Observation/4', resource: about('#p1') },
      ]),
    ).toEqual([
      { reference: 'https://a.example/fhir/Patient/p1' },
      { reference: 'https://b.example/r4/Patient/p1/_history/2' },
      { reference: 'https://a.example/fhir/Patient/p1' },
      { reference: 'Patient/p1' },
      { reference: 'Patient/p1' },
      { reference: '#p1' },
    ]);
  });

  test('a conditional reference to a patient becomes an identifier', () => {
    expect(
      subjects(
        [
          'Patient?identifier=http://mrn|7',
          'Patient?identifier=urn%3Aoid%3A1.2%7Ca%20b',
          'Patient?identifier=7',
          'Patient?identifier=|7',
          'Patient?identifier=a|1&active=true',
          'Patient?identifier=a|1,a|2',
          'Patient?identifier=',
          'Group?identifier=a|1',
        ].map((reference) => ({ resource: about(reference) })),
      ),
    ).toEqual([
      { identifier: { system: 'http://mrn', value: '7' } },
      { identifier: { system: 'urn:oid:1.2', value: 'a b' } },
      { identifier: { value: '7' } },
      { identifier: { value: '7' } },
      { reference: 'Patient?identifier=a|1&active=true' },
      { reference: 'Patient?identifier=a|1,a|2' },
      { reference: 'Patient?identifier=' },
      { reference: 'Group?identifier=a|1' },
    ]);
  });

  test('only members called reference are changed, and every other byte stays', () => {
    const text = String.raw`"say \"reference\":\"urn:uuid:1\"", "reference"`;
    const bundle = `{"resourceType":"Bundle","entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","id":"p\\u0031"}},
      {"resource":{"resourceType":"Observation", "a":[${text}],"reference":{"reference" : "urn:uuid:1", "v":1.0,"v":1e0}, "x":"urn:uuid:1"}}]}`;
    const [, changed] = [...bundleResources(Buffer.from(bundle))];
    expect(changed?.json.toString()).toBe(
      `{"resourceType":"Observation", "a":[${text}],"reference":{"reference":"Patient/p1", "v":1.0,"v":1e0}, "x":"urn:uuid:1"}`,
    );
  });
});

describe('entries of a Bundle', () => {
  test('entries without a resource are passed over and keep their index', () => {
    expect(
      resources([
        { request: { method: 'DELETE', url: 'Observation/1' } },
        { resource: { resourceType: 'Patient' } },
        { response: { status: '201' } },
        { resource: null },
        { resource: { resourceType: 'Encounter' } },
      ]).map(({ index }) => index),
    ).toEqual([1, 4]);
  });

  test('a broken resource takes no other with it', async () => {
    const file = written(
      'partly',
      '{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Encounter","x":tru}},{"resource":{"resourceType":"Encounter"}}]}',
    );
    expect(await allRecords([file])).toMatchObject([
      { offset: 0, topic: null },
      { offset: 1, topic: 'fhir.encounter' },
    ]);
  });

  test('several Bundles in a file count their entries through', async () => {
    const bundle = JSON.stringify({
      resourceType: 'Bundle',
      entry: [{ resource: about('Patient/1') }, {}, { resource: about('Patient/2') }],
    });
    const offsets = (await allRecords([written('two', `${bundle}\n${bundle}\n`)])).map(
      ({ offset }) => offset,
    );
    expect(offsets).toEqual([0, 2, 3, 5]);
  });

  test('what is no Bundle', () => {
    expect(
      [
        '{"resourceType":"Bundle"}',
        '{"a":{"resourceType":"Bundle"}}',
        '{"resourceType":"Bundle"',
        '[]',
        '',
      ].map((json) => isBundle(Buffer.from(json))),
    ).toEqual([true, false, false, false, false]);
    expect(resources([])).toEqual([]);
    // Entries that are no list are not passed over in silence.
    expect([...bundleResources(Buffer.from('{"resourceType":"Bundle","entry":{"resource":{}}}'))]).toEqual([
      { index: 0, json: Buffer.from('{"resource":{}}') },
    ]);
  });
});
