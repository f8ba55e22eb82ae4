import { describe, expect, test } from 'vitest';
import { unwrapped } from '../../../connectors/fhir-producer/envelope.ts';
import { type Format, type Offered, type Shaped, shaped } from '../../../connectors/fhir-producer/shape.ts';
import { subjectResolver } from '../../../schemas/fhir/patient-reference.ts';
import { readResource } from '../../../schemas/fhir/read-resource.ts';
import { ARRIVAL_HEADER, TOPIC } from '../../../schemas/topics.ts';
import { type Headers, headerText } from '../../../topology/model/record.ts';
import { respiratoryRate } from '../../app/replay/vital-signs.ts';

const NOW = 1_767_589_200_000;
const RR = respiratoryRate('rr1', '2026-01-05T08:00:00Z', 24);

function made(
  value: string | Uint8Array | null,
  {
    format = 'as-is',
    believesIssued = false,
    ...more
  }: Partial<Offered> & { readonly format?: Format; readonly believesIssued?: boolean } = {},
): Shaped {
  const subjectOf = subjectResolver({ base: 'https://ehr.example.org/fhir' }, new Map([['mrn|7', 'p7']]));
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return shaped({ value: bytes, ...more }, { subjectOf, format, source: 'ward', believesIssued }, NOW);
}

function recordOf(what: Shaped): { topic: string; key: string | null; value: Buffer; headers: Headers } {
  if (what.kind !== 'record') throw new Error(`${what.kind} is no record`);
  const { key, value, headers = {} } = what.record;
  const text = key === null ? null : Buffer.from(key).toString();
  return { topic: what.topic, key: text, value: Buffer.from(value ?? []), headers };
}

const textsOf = (headers: Headers): Record<string, string | undefined> =>
  Object.fromEntries(Object.keys(headers).map((name) => [name, headerText(headers, name)]));

describe('a resource', () => {
  test('goes as it came, under its resolved patient', () => {
    const { topic, key, value, headers } = recordOf(made(RR));
    expect([topic, key, value.toString(), headers]).toEqual([
      TOPIC.vitals,
      'https://ehr.example.org/fhir/Patient/p1',
      RR,
      {},
    ]);
    const by = recordOf(
      made(RR.replace('"reference":"Patient/p1"', '"identifier":{"system":"mrn","value":"7"}')),
    );
    expect(by.key).toBe('https://ehr.example.org/fhir/Patient/p7');
  });

  test.for([
    ['Encounter', TOPIC.encounters],
    ['MedicationRequest', TOPIC.medicationRequests],
    ['ServiceRequest', TOPIC.vitals],
  ] as const)('%s goes to %s', ([resourceType, topic]) => {
    expect(recordOf(made(JSON.stringify({ resourceType }))).topic).toBe(topic);
  });

  test('of nobody known keeps the key that it had, or has none; a recorded topic stays when it is one of ours', () => {
    const nobody = JSON.stringify({ resourceType: 'Observation' });
    expect(recordOf(made(nobody)).key).toBeNull();
    const own = { key: Buffer.from('k'), topic: TOPIC.labs };
    expect(recordOf(made(nobody, own))).toMatchObject({ key: 'k', topic: TOPIC.labs });
    expect(recordOf(made(nobody, { topic: 'theirs' })).topic).toBe(TOPIC.vitals);
  });

  test('says when it arrived where the resource does not', () => {
    expect(textsOf(recordOf(made(RR, { arrival: 5.7 })).headers)).toEqual({ [ARRIVAL_HEADER]: '5' });
    const issued = RR.replace('"status"', '"issued":"2026-01-05T08:01:00Z","status"');
    const arrival = Date.parse('2026-01-05T08:01:00Z');
    expect(recordOf(made(issued, { arrival })).headers).toEqual({});
    const believed = recordOf(made(issued, { arrival, believesIssued: true }));
    expect(textsOf(believed.headers)).toEqual({ [ARRIVAL_HEADER]: String(arrival) });
    expect(textsOf(recordOf(made(issued, { arrival: arrival + 1 })).headers)).toEqual({
      [ARRIVAL_HEADER]: String(arrival + 1),
    });
  });

  test('that the topology reads nothing of is passed over', () => {
    expect(made('{"resourceType":"Patient","name":[{"family":"Canary"}]}')).toEqual({
      kind: 'other',
      type: 'Patient',
    });
  });

  test('whose type is none of FHIR R4 is passed over without its name', () => {
    expect(made('{"resourceType":"Canary"}')).toEqual({ kind: 'other', type: 'of no known type' });
  });

  test('counts its key as well: one that is large does not spoil the batch of others', () => {
    const about = (length: number): Shaped =>
      made(RR.replace('Patient/p1', `https://ehr.example.org/fhir/Patient/${'x'.repeat(length)}`));
    expect(about(400_000).kind).toBe('record');
    expect(about(600_000)).toMatchObject({ kind: 'bad', reason: 'too-large' });
  });

  test.for([
    ['{"resourceType":', 'not-json'],
    [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'not-utf8'],
    ['{"name":"Canary"}', 'not-fhir'],
    ['[]', 'not-fhir'],
    ['{"resourceType":"Bundle","id":"Canary"}', 'not-fhir'],
    [JSON.stringify({ ResourceJson: '{"resourceType":"Bundle","id":"Canary"}' }), 'not-fhir'],
    [null, 'not-json'],
    [JSON.stringify({ resourceType: 'Observation', note: 'x'.repeat(1_000_000) }), 'too-large'],
    [JSON.stringify({ resourceType: 'Observation', note: 'x'.repeat(2_000_000) }), 'too-large'],
  ] as const)('%# that is none is refused with a reason, and without its contents', ([value, reason]) => {
    const what = made(value);
    expect(what).toMatchObject({ kind: 'bad', reason });
    expect(JSON.stringify(what)).not.toContain('Canary');
  });
});

describe('an envelope', () => {
  const { value, headers } = recordOf(made(RR, { format: 'envelope' }));

  test('holds the resource as a string, byte for byte, with its headers', () => {
    const envelope: Record<string, unknown> = JSON.parse(value.toString());
    expect(envelope).toEqual({
      EventId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/),
      EventType: 'fhir.observation',
      EventTime: new Date(NOW).toISOString(),
      ResourceType: 'Observation',
      ResourceId: 'rr1',
      PatientId: 'p1',
      ResourceJson: RR,
    });
    expect(textsOf(headers)).toEqual({
      'event-type': 'fhir.observation',
      'resource-type': 'Observation',
      'event-id': envelope['EventId'],
      'correlation-id': envelope['EventId'],
      'source-system': 'ward',
      timestamp: String(NOW),
    });
  });

  test('is read by the topology as the resource in it', () => {
    expect(readResource(value)).toEqual(readResource(Buffer.from(RR)));
  });

  test('is unwrapped where bare resources are wanted, and not wrapped twice', () => {
    expect(recordOf(made(value, { format: 'bare' })).value.toString()).toBe(RR);
    expect(recordOf(made(value, { format: 'envelope' })).value.toString()).toBe(value.toString());
    expect(recordOf(made(value)).value.toString()).toBe(value.toString());
    expect(unwrapped(Buffer.from(`{"ResourceJson":${RR}}`))?.toString()).toBe(RR);
    expect(unwrapped(Buffer.from('{"resourceType":"Task","ResourceJson":"{}"}'))).toBeUndefined();
  });
});
