import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, type TestContext, test } from 'vitest';
import { feed } from '../../../connectors/files/feed.ts';
import type { FeedRecord } from '../../../connectors/files/feed-record.ts';
import { patients } from '../../../connectors/files/patients.ts';
import { allRecords, textOf } from './written-input.ts';

const SHARED = join(import.meta.dirname, '../../../../shared');
const MIMIC = join(SHARED, 'data/mimic-iii-demo/fhir');

interface Row {
  readonly topic: string;
  readonly key: string | null;
  readonly offset: number;
  readonly arrival: string;
  readonly value: unknown;
}

interface Document {
  readonly resourceType: string;
  readonly entry: readonly {
    readonly fullUrl?: string;
    readonly resource?: { readonly resourceType: string };
  }[];
}

function present(path: string, context: TestContext): string {
  if (!existsSync(path)) context.skip(`no ${path.slice(SHARED.length + 1)}`);
  return path;
}

const filesOf = (directory: string, ending: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith(ending))
    .toSorted()
    .map((name) => join(directory, name));

function tally(records: readonly FeedRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { topic } of records) counts[topic ?? 'none'] = (counts[topic ?? 'none'] ?? 0) + 1;
  return counts;
}

describe('real files', () => {
  test('MIMIC: four topics of NDJSON, each record routed to the topic its file is named after', async (context) => {
    for (const [topic, lines] of [
      ['fhir.observation.vitals', 81_988],
      ['fhir.observation.labs', 11_378],
      ['fhir.encounter', 265],
      ['fhir.medicationrequest', 10_398],
    ] as const) {
      const file = present(join(MIMIC, `${topic}.ndjson.gz`), context);
      const counts: Record<string, number> = {};
      let line = 0;
      const { batches, statistics } = feed([file], { order: 'as-is' });
      for await (const batch of batches) {
        for (const record of batch) {
          if (record.offset !== line++) throw new Error(`offset ${record.offset} at line ${line}`);
          const kind = `${record.topic} ${record.arrival === undefined ? 'without' : 'with'} arrival`;
          counts[kind] = (counts[kind] ?? 0) + 1;
        }
      }
      expect(counts).toEqual({
        [`${topic} ${topic.endsWith('vitals') ? 'with' : 'without'} arrival`]: lines,
      });
      expect(statistics).toMatchObject({ records: lines, fhir: true });
    }
  });

  test('MIMIC: 100 patients by their number', async (context) => {
    const ids = await patients(present(join(MIMIC, 'patient.ndjson.gz'), context));
    expect(ids.size).toBe(100);
    expect(ids.get('http://mimic.mit.edu/fhir/mimic/identifier/patient|10006')).toBe(
      '69a55cf2-bbf9-537a-8f38-f0d372d17803',
    );
  });

  test.for<[name: string, bundles: number, topics: Record<string, number>, observations: number]>([
    ['synthea-iris', 8, { 'fhir.encounter': 190, 'fhir.medicationrequest': 83 }, 793],
    ['synthea-smart-r4', 24, { 'fhir.encounter': 755, 'fhir.medicationrequest': 107 }, 2_714],
  ])(
    '%s: no reference into the Bundle is left, and nothing else is changed',
    async ([name, bundles, topics, observations], context) => {
      const files = filesOf(present(join(SHARED, 'data', name), context), '.json.gz');
      expect(files).toHaveLength(bundles);
      const records = await allRecords(files);
      expect(tally(records)).toMatchObject(topics);
      expect(records.filter(({ value }) => typeOf(value) === 'Observation')).toHaveLength(observations);
      const known = new Set(records.map(({ value }) => `${typeOf(value)}/${parsed(value)['id'] as string}`));
      for (const file of files) {
        const document: Document = JSON.parse(gunzipSync(readFileSync(file)).toString());
        const own = records.filter((record) => record.file === file);
        expect(own.map(({ offset }) => offset)).toEqual(document.entry.map((_, i) => i));
        for (const { value, offset } of own) {
          const text = JSON.stringify(document.entry[offset]?.resource ?? null);
          const changed = text.replaceAll(/"reference":"urn:uuid:([^"]+)"/g, (whole, id: string) => {
            const type = document.entry.find((entry) => entry.fullUrl === `urn:uuid:${id}`)?.resource
              ?.resourceType;
            return type === undefined ? whole : `"reference":"${type}/${id}"`;
          });
          if (JSON.stringify(parsed(value)) !== changed) throw new Error(`${file} entry ${offset}`);
        }
      }
      for (const { key } of records) if (key !== null) expect(known).toContain(textOf(key));
    },
  );

  test('HL7 examples: each pretty-printed file is one record, each Bundle its entries', async (context) => {
    const files = filesOf(present(join(SHARED, 'data/hl7-r4-examples'), context), '.json').filter(
      (file) => !file.endsWith('package.json'),
    );
    const records = await allRecords(files);
    for (const file of files) {
      const document: Document = JSON.parse(readFileSync(file, 'utf8'));
      const own = records.filter((record) => record.file === file);
      if (document.resourceType !== 'Bundle') {
        expect(own.map(({ value }) => parsed(value))).toEqual([document]);
        continue;
      }
      const indices = document.entry.flatMap((entry, i) => (entry.resource === undefined ? [] : [i]));
      expect(own.map(({ offset }) => offset)).toEqual(indices);
    }
  });

  test.for<[name: string, lines: number]>([
    ['seed7-small', 331],
    ['seed20260105', 4_772],
  ])('recording %s: every value is the one recorded', async ([name, lines], context) => {
    const file = present(join(SHARED, 'oracle/synthetic', name, 'stream.jsonl.gz'), context);
    const recorded = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
    const records = await allRecords([file]);
    expect(records).toHaveLength(lines);
    for (const [i, { value, key, ...rest }] of records.entries()) {
      const line = recorded[i] ?? '';
      const row: Row = JSON.parse(line);
      // The last member of the line, so its bytes can be cut out here too.
      const written = line.slice(line.indexOf('"value":') + '"value":'.length, -1);
      const text = typeof row.value === 'string' ? row.value : written;
      if (textOf(value) !== text || textOf(key) !== row.key) throw new Error(`offset ${i}`);
      expect(rest).toEqual({
        file,
        topic: row.topic,
        target: row.topic,
        partition: 0,
        offset: row.offset,
        line: i,
        arrival: Date.parse(row.arrival),
      });
    }
  });
});

const parsed = (value: Uint8Array | null): Record<string, unknown> => {
  const json: Record<string, unknown> = JSON.parse(textOf(value) ?? '');
  return json;
};
const typeOf = (value: Uint8Array | null): string => parsed(value)['resourceType'] as string;
