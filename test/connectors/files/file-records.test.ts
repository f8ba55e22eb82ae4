import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { feed } from '../../../connectors/files/feed.ts';
import type { FeedRecord } from '../../../connectors/files/feed-record.ts';
import { feedStatistics } from '../../../connectors/files/feed-statistics.ts';
import { fileRecords } from '../../../connectors/files/file-records.ts';
import { allRecords, inputs, observation, textOf } from './written-input.ts';

const written = inputs();
const values = (records: readonly FeedRecord[]): (string | null)[] =>
  records.map(({ value }) => textOf(value));
const BUNDLE = {
  resourceType: 'Bundle',
  type: 'batch',
  entry: [{ resource: { resourceType: 'Patient', id: 'p1' } }],
};

describe('NDJSON', () => {
  test('a resource says its topic, key and arrival; its offset is its line, blank and broken ones counted', async () => {
    const rows = [
      observation('a', '2026-01-05T10:00:00+01:00'),
      '',
      '{"resourceType":"Observation","id":"b","subj',
      '  \t',
      observation('c'),
    ];
    const file = written('plain', `${rows.join('\r\n')}\r\n`);
    const shared = { file, partition: 0, target: 'fhir.observation.vitals' };
    const key = Buffer.from('Patient/p1');
    expect(await allRecords([file])).toEqual([
      {
        ...shared,
        topic: 'fhir.observation.vitals',
        offset: 0,
        arrival: Date.UTC(2026, 0, 5, 9),
        key,
        value: Buffer.from(rows[0] ?? ''),
      },
      { ...shared, topic: null, offset: 2, arrival: undefined, key: null, value: Buffer.from(rows[2] ?? '') },
      {
        ...shared,
        topic: 'fhir.observation.vitals',
        offset: 4,
        arrival: undefined,
        key,
        value: Buffer.from(rows[4] ?? ''),
      },
    ]);
  });

  test('a broken first line makes no document of the file', async () => {
    const good = observation('x');
    for (const broken of [
      '{"resourceType":"Observation","id":"b',
      '{"resourceType":"Observation","n":12',
      'nonsense',
      '{"a":1}}',
      '{"entry":[',
      '{"a":',
    ]) {
      const records = await allRecords([written('broken', [broken, good, good].join('\n'))]);
      expect(values(records)).toEqual([broken, good, good]);
      expect(records.map(({ topic }) => topic)).toEqual([
        null,
        'fhir.observation.vitals',
        'fhir.observation.vitals',
      ]);
    }
  });

  test('an envelope is read through: topic, key and arrival are those of the resource inside', async () => {
    const inner = observation('a', '2026-01-05T10:00:00Z', {
      category: [{ coding: [{ code: 'laboratory' }] }],
    });
    const envelope = JSON.stringify({
      EventId: '1',
      EventTime: '2026-01-06T00:00:00Z',
      ResourceType: 'Observation',
      ResourceJson: inner,
    });
    const [record] = await allRecords([written('envelope', envelope)]);
    expect(record).toMatchObject({ topic: 'fhir.observation.labs', arrival: Date.UTC(2026, 0, 5, 10) });
    expect(textOf(record?.key)).toBe('Patient/p1');
    expect(textOf(record?.value)).toBe(envelope);
  });

  test.each<[topic: string | null, resource: object]>([
    ['fhir.encounter', { resourceType: 'Encounter' }],
    ['fhir.medicationrequest', { resourceType: 'MedicationRequest' }],
    [
      'fhir.observation.labs',
      {
        resourceType: 'Observation',
        category: [{ text: 'x' }, { coding: [{ code: 'survey' }, { code: 'laboratory' }] }],
      },
    ],
    [
      'fhir.observation.labs',
      { resourceType: 'Observation', category: { coding: [{ code: 'laboratory' }] } },
    ],
    [
      'fhir.observation.labs',
      {
        resourceType: 'Observation',
        code: { coding: [{ code: 'x' }, { system: 'http://loinc.org', code: '32693-4' }] },
      },
    ],
    [
      'fhir.observation.vitals',
      { resourceType: 'Observation', code: { coding: [{ system: 'urn:local', code: '32693-4' }] } },
    ],
    [
      'fhir.observation.vitals',
      { resourceType: 'Observation', note: [{ text: 'laboratory' }], category: [{ text: 'laboratory' }] },
    ],
    ['fhir.observation.vitals', { resourceType: 'Observation', category: 'laboratory' }],
    [
      'fhir.observation.labs',
      { resourceType: 'DiagnosticReport', code: { coding: [{ system: 'http://loinc.org', code: '600-7' }] } },
    ],
    [
      'fhir.observation.labs',
      { resourceType: 'ServiceRequest', category: [{ coding: [{ code: 'laboratory' }] }] },
    ],
    [null, { resourceType: 'ServiceRequest' }],
    [null, { resourceType: 'Patient' }],
  ])('routing to %s: %o', async (topic, resource) => {
    const [record] = await allRecords([written('routed', JSON.stringify(resource))]);
    expect(record?.topic).toBe(topic);
    expect(record?.target).toBe(topic ?? 'fhir.observation.vitals');
  });

  test('a batch has at most 1,000 records', async () => {
    const file = written('many', `${observation('a')}\n`.repeat(2_500));
    const sizes: number[] = [];
    const { batches, statistics } = feed([file], { order: 'as-is' });
    for await (const batch of batches) sizes.push(batch.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(2_500);
    expect(statistics.records).toBe(2_500);
  });
});

describe('one document', () => {
  test('a pretty-printed resource is one record with its bytes as they stand', async () => {
    const pretty = JSON.stringify(JSON.parse(observation('a', '2026-01-05T10:00:00Z')), null, 2);
    for (const content of [pretty, gzipSync(pretty), `\n\n${pretty}\n`]) {
      const records = await allRecords([written('pretty', content)]);
      expect(records).toHaveLength(1);
      expect(records[0]).toMatchObject({
        topic: 'fhir.observation.vitals',
        offset: 0,
        arrival: Date.UTC(2026, 0, 5, 10),
      });
      expect(textOf(records[0]?.value)?.trim()).toBe(pretty);
    }
  });

  test('a Bundle is told in one line, pretty-printed, and with an entry on each line', async () => {
    const one = JSON.stringify(BUNDLE);
    const [entry] = BUNDLE.entry.map((each) => JSON.stringify(each));
    for (const content of [
      one,
      `${one}\n`,
      JSON.stringify(BUNDLE, null, 2),
      JSON.stringify(BUNDLE, null, '\t').replaceAll('\n', '\r\n'),
      `{"resourceType":"Bundle","entry":[\n${entry}\n]}`,
      `{"resourceType":"Bundle",\n"entry":[\n${entry}\n]\n}\n`,
    ]) {
      const records = await allRecords([written('bundle', content)]);
      expect(records).toHaveLength(1);
      expect(JSON.parse(textOf(records[0]?.value) ?? '')).toEqual({ resourceType: 'Patient', id: 'p1' });
      expect(records[0]).toMatchObject({ topic: null, offset: 0, target: 'fhir.observation.vitals' });
    }
  });

  test('a Bundle that is cut off is one record that the topology will refuse', async () => {
    const cut = JSON.stringify(BUNDLE, null, 2).slice(0, -3);
    expect(await allRecords([written('cut', cut)])).toMatchObject([
      { topic: null, offset: 0, value: Buffer.from(cut) },
    ]);
  });

  test('a document over the limit is refused and says so', async () => {
    const file = written(
      'large',
      JSON.stringify({ ...BUNDLE, text: Array.from({ length: 9_999 }, () => 'x') }, null, 2),
    );
    const statistics = feedStatistics([file]);
    const [progress] = statistics.files;
    const read = async (): Promise<void> => {
      if (progress !== undefined)
        for await (const batch of fileRecords(progress, statistics, 65_536)) expect(batch).toEqual([]);
    };
    await expect(read()).rejects.toMatchObject({
      code: 'input-too-large',
      message: expect.stringMatching(/is one JSON document of more than/),
    });
  });
});

describe('whether there was any FHIR', () => {
  test.each([
    [true, observation('a')],
    [true, `garbage\n${observation('a')}`],
    [true, '{"resourceType":"Bundle"}'],
    [true, `{"resourceType":"Observation","x":"${'y'.repeat(2_000_000)}"}`],
    [true, '{"topic":"fhir.encounter","offset":1,"arrival":1,"value":{"resourceType":"Encounter"}}'],
    [false, '{"topic":"fhir.encounter","offset":1,"arrival":1,"value":{"a":1}}\n{"topic":"x","value":null}'],
    [false, ''],
    [false, '\n\n'],
    [false, 'id,name\n1,x'],
    [false, '{"name":"package","version":"1"}'],
    [false, '[1,2]'],
    [false, '{"resourceType":"Observation"'],
  ])('%s: %.60s', async (fhir, content) => {
    const { batches, statistics } = feed([written('any', content)], { order: 'as-is' });
    for await (const batch of batches) expect(batch.length).toBeGreaterThan(0);
    expect(statistics.fhir).toBe(fhir);
  });

  test('a record of 2 MB and one nested 200,000 deep are records like any other', async () => {
    const big = `{"resourceType":"Observation","x":"${'y'.repeat(2_000_000)}"}`;
    const deep = `{"resourceType":"Observation","x":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    const file = written(
      'hard',
      [big, deep, `{"resourceType":"Bundle","entry":[{"resource":${deep}}]}`].join('\n'),
    );
    expect(values(await allRecords([file]))).toEqual([big, deep, deep]);
  });
});
