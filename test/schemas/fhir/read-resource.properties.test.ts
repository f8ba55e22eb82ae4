import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readResource } from '../../../schemas/fhir/read-resource.ts';
import { isUnreadable } from '../../../schemas/fhir/resource.ts';
import { recordText, resourceText, texts } from './fhir-text.ts';
import { assertSameReading } from './same-reading.ts';

const RUNS = 10_000;

const isSame = (record: Uint8Array): void => assertSameReading(readResource(record), record);

/** The third time, what recurs is remembered. */
const isSameEachTime = (record: Uint8Array): void => {
  for (let times = 0; times < 3; times++) isSame(record);
};

/** One to three changes of bytes: replaced, put in, cut out, doubled, or the end lost. */
const changes = fc.array(
  fc.record({
    how: fc.constantFrom('replace', 'insert', 'delete', 'repeat', 'truncate'),
    at: fc.nat({ max: 1_000_000 }),
    byte: fc.oneof(
      fc.constantFrom(...Buffer.from('"\\{}[]:,-+.eE0123456789tfnu \n\t\r\0/')),
      fc.constantFrom(0x80, 0xc0, 0xc3, 0xa9, 0xed, 0xa0, 0xe2, 0xf0, 0x9f, 0xf4, 0xff, 0x7f, 0x1f),
      fc.nat({ max: 255 }),
    ),
    length: fc.integer({ min: 1, max: 40 }),
  }),
  { minLength: 1, maxLength: 3 },
);

function changed(record: Buffer, list: typeof changes extends fc.Arbitrary<infer T> ? T : never): Buffer {
  let bytes = record;
  for (const { how, at: anywhere, byte, length } of list) {
    const at = anywhere % (bytes.length + 1);
    const before = bytes.subarray(0, at);
    const after = bytes.subarray(at);
    if (how === 'replace') bytes = Buffer.concat([before, Buffer.of(byte), after.subarray(1)]);
    else if (how === 'insert') bytes = Buffer.concat([before, Buffer.of(byte), after]);
    else if (how === 'delete') bytes = Buffer.concat([before, after.subarray(length)]);
    else if (how === 'repeat') bytes = Buffer.concat([before, after.subarray(0, length), after]);
    else bytes = Buffer.from(before);
  }
  return bytes;
}

describe('the reader reads what JSON.parse and a plain reader read', () => {
  it('of generated records: any order, doubled keys, escapes, white space, wrong types, envelopes', () => {
    fc.assert(
      fc.property(texts(recordText), (text) => isSameEachTime(Buffer.from(text))),
      { numRuns: RUNS },
    );
  });

  it('of the same records with some bytes changed: the same are rejected, the others read the same', () => {
    let rejected = 0;
    fc.assert(
      fc.property(texts(recordText), changes, (text, list) => {
        const record = changed(Buffer.from(text), list);
        const read = readResource(record);
        if ('reason' in read && read.reason !== 'not-fhir') rejected++;
        assertSameReading(read, record);
      }),
      { numRuns: RUNS },
    );
    expect(rejected).toBeGreaterThan(RUNS / 10);
    expect(rejected).toBeLessThan(RUNS);
  });

  it('of any JSON in a key that is passed over, also with some bytes changed', () => {
    fc.assert(
      fc.property(fc.json(), fc.option(changes), (json, list) => {
        const value = list === null ? Buffer.from(json) : changed(Buffer.from(json), list);
        isSame(Buffer.concat([Buffer.from('{"resourceType":"Task","x":'), value, Buffer.from('}')]));
      }),
      { numRuns: RUNS },
    );
  });

  it('of every number as text, also where the fast way of reading it ends', () => {
    const digits = fc.string({
      unit: fc.constantFrom(...Array.from({ length: 10 }, (_, digit) => String(digit))),
      minLength: 1,
      maxLength: 25,
    });
    const exponent = fc
      .tuple(fc.constantFrom('e', 'E', 'e+', 'e-'), fc.nat({ max: 400 }))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        fc.constantFrom('', '-'),
        digits,
        fc.option(digits),
        fc.option(exponent),
        (sign, whole, decimals, power) => {
          const number = `${sign}${whole}${decimals === null ? '' : `.${decimals}`}${power ?? ''}`;
          isSame(Buffer.from(`{"resourceType":"Observation","valueQuantity":{"value":${number}}}`));
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('also when the text ends anywhere', () => {
    fc.assert(
      fc.property(texts(resourceText), (text) => {
        const record = Buffer.from(text.slice(0, 400));
        for (let end = 0; end <= record.length; end++) isSame(record.subarray(0, end));
      }),
      { numRuns: 100 },
    );
  });
});

/** Two values of one key, one after the other, as a reader would see them that merges objects. */
function merging(first: object, second: object): ReturnType<typeof readResource> {
  return readResource(
    Buffer.from(JSON.stringify({ resourceType: 'Observation', code: { ...first, ...second } })),
  );
}

describe('the comparison can fail', () => {
  const concept = fc.record({ text: fc.string(), coding: fc.constant([]) }, { requiredKeys: [] });
  const twice = (first: object, second: object): Buffer =>
    Buffer.from(
      `{"resourceType":"Observation","code":${JSON.stringify(first)},"code":${JSON.stringify(second)}}`,
    );

  it('finds a reader that merges the objects of equal keys', () => {
    const property = fc.property(concept, concept, (first, second) =>
      assertSameReading(merging(first, second), twice(first, second)),
    );
    expect(fc.check(property, { numRuns: 500 }).failed).toBe(true);
  });

  it('passes the real reader on the same records', () => {
    fc.assert(fc.property(concept, concept, (first, second) => isSame(twice(first, second))));
  });

  it('finds a fault that is not named, and one that is made up', () => {
    const record = Buffer.from('{"resourceType":"Observation","status":5}');
    const read = readResource(record);
    if (isUnreadable(read)) throw new Error(read.detail);
    const named = (malformed: string | undefined) => (): void =>
      assertSameReading({ ...read, malformed }, record);
    expect(named(undefined)).toThrow('malformed: undefined');
    expect(named('code')).toThrow('no fault at code');
    expect(named('status')).not.toThrow();
  });
});
