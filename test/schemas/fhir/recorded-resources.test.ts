import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, type TestContext } from 'vitest';
import { readResource } from '../../../schemas/fhir/read-resource.ts';
import { isUnreadable } from '../../../schemas/fhir/resource.ts';
import { assertSameReading } from './same-reading.ts';

const SHARED = new URL('../../../../shared/', import.meta.url);

/** Files of a folder of the truth data, or a skip that says what is missing. */
function files(context: TestContext, folder: string, ending: string): URL[] {
  const room = new URL(`${folder}/`, SHARED);
  if (!existsSync(room)) context.skip(`no ../shared/${folder}`);
  return readdirSync(room)
    .filter((name) => name.endsWith(ending))
    .map((name) => new URL(name, room));
}

const content = (file: URL): Buffer =>
  file.pathname.endsWith('.gz') ? gunzipSync(readFileSync(file)) : readFileSync(file);

const linesOf = (file: URL): string[] =>
  content(file)
    .toString()
    .split('\n')
    .filter((line) => line !== '');

/** Compares, and says whether a resource was read. */
function reads(bytes: Uint8Array): boolean {
  const read = readResource(bytes, Number.POSITIVE_INFINITY);
  assertSameReading(read, bytes);
  return !isUnreadable(read);
}

const asEnvelope = (resource: string): Buffer =>
  Buffer.from(JSON.stringify({ EventId: 'e', ResourceType: 'Observation', ResourceJson: resource }));

describe('recorded resources are read as a plain reader reads them', () => {
  it('the HL7 examples, as they are, in one line, and in an envelope', (context) => {
    const examples = files(context, 'data/hl7-r4-examples', '.json').map(content);
    expect(examples.length).toBeGreaterThan(200);
    let read = 0;
    for (const example of examples) {
      if (reads(example)) read++;
      reads(Buffer.from(JSON.stringify(JSON.parse(example.toString()))));
      reads(asEnvelope(example.toString()));
    }
    // All but the description of the package.
    expect(read).toBe(examples.length - 1);
  });

  it('every twentieth line of the MIMIC feeds', (context) => {
    for (const file of files(context, 'data/mimic-iii-demo/fhir', '.ndjson.gz')) {
      const lines = linesOf(file).filter((_, index) => index % 20 === 0);
      for (const line of lines) expect(reads(Buffer.from(line))).toBe(true);
    }
  });

  it.for(['data/synthea-iris', 'data/synthea-smart-r4'])(
    'the bundles of %s and their entries',
    (folder, context) => {
      let entries = 0;
      for (const file of files(context, folder, '.json.gz')) {
        const bundle = content(file);
        expect(reads(bundle)).toBe(true);
        const { entry }: { entry?: { resource?: object }[] } = JSON.parse(bundle.toString());
        for (const { resource } of (entry ?? []).filter((_, index) => index % 3 === 0)) {
          expect(reads(Buffer.from(JSON.stringify(resource, null, 2)))).toBe(true);
          entries++;
        }
      }
      expect(entries).toBeGreaterThan(100);
    },
  );

  it('the values of the synthetic stream, broken ones too', (context) => {
    for (const file of files(context, 'oracle/synthetic/seed20260105', 'stream.jsonl.gz')) {
      for (const line of linesOf(file)) {
        const { value }: { value: unknown } = JSON.parse(line);
        const text = typeof value === 'string' ? value : JSON.stringify(value);
        reads(Buffer.from(text));
        reads(asEnvelope(text));
      }
    }
  });
});
