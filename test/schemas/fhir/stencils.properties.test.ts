import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FhirCursor } from '../../../schemas/fhir/fhir-cursor.ts';
import { InvalidJson } from '../../../schemas/fhir/json-bytes.ts';
import type { FhirResource } from '../../../schemas/fhir/resource.ts';
import { ResourceDraft } from '../../../schemas/fhir/resource-draft.ts';
import { readFields } from '../../../schemas/fhir/resource-fields.ts';
import { Stencils } from '../../../schemas/fhir/stencils.ts';
import { resourceText, texts } from './fhir-text.ts';
import { assertSameReading } from './same-reading.ts';

const RUNS = 10_000;

const cursor = new FhirCursor();
const draft = new ResourceDraft();

/** Learns a resource; false when it is not to be learned now, or never: no resource, or one with a fault. */
function learn(stencils: Stencils, record: Uint8Array): boolean {
  cursor.load(record);
  stencils.prepare(cursor);
  if (!cursor.holes.open) return false;
  cursor.at = 0;
  cursor.skipWhitespace();
  try {
    readFields(cursor, draft);
  } catch (error) {
    if (error instanceof InvalidJson) return false;
    throw error;
  }
  cursor.skipWhitespace();
  const { resourceType } = draft;
  if (cursor.at !== cursor.end || resourceType === undefined || draft.faults !== 0) return false;
  stencils.learn(cursor, draft, draft.finish(resourceType, undefined));
  return true;
}

/** What the stencils make of a record; undefined: they do not know it, or see that it is broken. */
function read(stencils: Stencils, record: Uint8Array): FhirResource | undefined {
  cursor.load(record);
  try {
    return stencils.read(cursor, draft);
  } catch (error) {
    if (error instanceof InvalidJson) return undefined;
    throw error;
  }
}

const TOKEN = /"(?:[^"\\]|\\.)*"(?!\s*:)|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const OTHERS = [
  '""',
  '"Patient/p2"',
  '"2"',
  '"1"',
  '"p\\u0041"',
  '"Grüße"',
  '"\\"',
  '7',
  '-0',
  '1.',
  '1e5',
  'null',
  '{}',
];

/** Some values of the text replaced, most by one of their own type. */
const replaced = fc.array(
  fc.record({
    at: fc.nat(),
    by: fc.oneof(
      fc.constantFrom(...OTHERS),
      fc.nat({ max: 99 }).map((n) => `"x${n}"`),
    ),
  }),
  { maxLength: 4 },
);

function withOthers(text: string, list: readonly { readonly at: number; readonly by: string }[]): string {
  let result = text;
  for (const { at, by } of list) {
    const tokens = [...result.matchAll(TOKEN)];
    const token = tokens[at % Math.max(1, tokens.length)];
    if (token === undefined) continue;
    result = result.slice(0, token.index) + by + result.slice(token.index + token[0].length);
  }
  return result;
}

const member = (name: string): fc.Arbitrary<string> => {
  const text = fc.constantFrom('"Patient/p1"', '"Patient/p2"', '"1"', '"2"', '"p\\u0041"', 'null');
  if (['id', 'issued', 'effectiveDateTime'].includes(name)) return text.map((value) => `"${name}":${value}`);
  if (name === 'meta') return text.map((value) => `"meta":{"versionId":${value},"lastUpdated":${value}}`);
  if (name === 'valueQuantity')
    return fc
      .tuple(fc.nat({ max: 30 }), fc.constantFrom('', ',"unit":"a"', ',"value":1'))
      .map(([value, rest]) => `"valueQuantity":{"value":${value}${rest}}`);
  if (name === 'text') return text.map((value) => `"text":{"div":${value}}`);
  return text.map((value) => `"${name}":{"reference":${value}}`);
};

/** Small resources in which the same few values stand in many places, and keys come twice. */
const alike = fc
  .array(
    fc
      .constantFrom(
        'id',
        'meta',
        'issued',
        'effectiveDateTime',
        'subject',
        'patient',
        'encounter',
        'partOf',
        'valueQuantity',
        'text',
      )
      .chain(member),
    { maxLength: 6 },
  )
  .map((members) => `{"resourceType":"Observation"${members.map((text) => `,${text}`).join('')}}`);

/** Resources that differ in what cannot be a hole. */
const make = (kind: number, id: string): Buffer =>
  Buffer.from(
    `{"resourceType":"Observation","id":"${id}","code":{"text":"${'k'.repeat(kind % 7)}${kind}"},"x${kind}":[]}`,
  );

describe('what a stencil reads is what JSON.parse and a plain reader read', () => {
  it('of resources that differ from learned ones in some values, of their type or another', () => {
    let known = 0;
    const property = (resources: fc.Arbitrary<string>): void =>
      fc.assert(
        fc.property(resources, resources, replaced, replaced, (first, second, one, other) => {
          const stencils = new Stencils();
          learn(stencils, Buffer.from(first));
          learn(stencils, Buffer.from(withOthers(first, one)));
          learn(stencils, Buffer.from(second));
          for (const text of [
            first,
            second,
            withOthers(first, other),
            withOthers(first, [...one, ...other]),
          ]) {
            const record = Buffer.from(text);
            const resource = read(stencils, record);
            if (resource === undefined) continue;
            known++;
            assertSameReading(resource, record);
          }
        }),
        { numRuns: RUNS / 2 },
      );
    property(texts(resourceText));
    expect(known).toBeGreaterThan(RUNS / 10);
    property(alike);
    expect(known).toBeGreaterThan(RUNS);
  });

  it('of no text that ends too early or goes on', () => {
    const stencils = new Stencils();
    const text = '{"resourceType":"Observation","id":"a1","valueQuantity":{"value":26,"unit":"/min"}}';
    learn(stencils, Buffer.from(text));
    expect(read(stencils, Buffer.from(text.replace('26', '-3.5e1')))).toMatchObject({
      value: { value: -35 },
    });
    for (let end = 0; end < text.length; end++) {
      // The rest still lies in the buffer behind the end.
      cursor.load(Buffer.from(text));
      expect(read(stencils, Buffer.from(text.slice(0, end)))).toBeUndefined();
    }
    expect(read(stencils, Buffer.from(`${text} `))).toBeUndefined();
  });

  it('of any of many makes that begin alike', () => {
    const stencils = new Stencils();
    for (let kind = 0; kind < 32; kind++) learn(stencils, make(kind, 'first'));
    for (const kind of [5, 31, 0, 12, 12, 30, 1]) {
      const record = make(kind, `other-${kind}`);
      const resource = read(stencils, record);
      expect(resource?.id).toBe(`other-${kind}`);
      if (resource !== undefined) assertSameReading(resource, record);
    }
  });
});

describe('stencils have bounds', () => {
  it('what is read by one is written down for nobody, also behind a walk that came to nothing', () => {
    const stencils = new Stencils();
    learn(stencils, make(1, 'first'));
    expect(learn(stencils, Buffer.from('{'))).toBe(false);
    const before = cursor.holes.read.length;
    for (let i = 0; i < 100; i++) expect(read(stencils, make(1, `other-${i}`))).toBeDefined();
    expect(cursor.holes.read).toHaveLength(before);
  });

  it('makes that never come again are learned ever more seldom, and one that does is learned in the end', () => {
    const stencils = new Stencils();
    let learned = 0;
    const meets = (kind: number): boolean => {
      const record = make(kind, `first-${kind}`);
      if (read(stencils, record) !== undefined) return true;
      if (learn(stencils, record)) learned++;
      return false;
    };
    for (let kind = 0; kind < 20_000; kind++) expect(meets(kind)).toBe(false);
    expect(learned).toBeGreaterThan(32);
    expect(learned).toBeLessThan(32 + 10);
    let times = 0;
    while (!meets(1_000_000)) times++;
    expect(times).toBeLessThan(65_536);
  });

  it('what is longer than 8 KiB is not learned', () => {
    const stencils = new Stencils();
    expect(learn(stencils, make(1, 'x'.repeat(8_192)))).toBe(false);
    expect(learn(stencils, make(1, 'x'.repeat(4_000)))).toBe(true);
  });
});
