import { describe, expect, it } from 'vitest';
import { DEFAULT_MAX_BYTES, readResource } from '../../../schemas/fhir/read-resource.ts';
import { type FhirResource, isUnreadable, type Unreadable } from '../../../schemas/fhir/resource.ts';
import { assertSameReading } from './same-reading.ts';

const fails = (record: string | Uint8Array, maxBytes?: number): Unreadable => {
  const read = readResource(typeof record === 'string' ? Buffer.from(record) : record, maxBytes);
  if (!isUnreadable(read)) throw new Error('read, though it should not be');
  return read;
};

const reads = (record: unknown): FhirResource => {
  const bytes = Buffer.from(typeof record === 'string' ? record : JSON.stringify(record));
  const read = readResource(bytes, Number.POSITIVE_INFINITY);
  if (isUnreadable(read)) throw new Error(`${read.reason}: ${read.detail}`);
  assertSameReading(read, bytes);
  return read;
};

const observation = (fields: object): object => ({ resourceType: 'Observation', ...fields });

describe('what is not read, and why', () => {
  it.each([
    ['', 'byte 0: expected a value, found the end'],
    ['\ufeff{}', 'byte 0: expected a value'],
    ['{"a":01}', "byte 6: expected ',' or '}'"],
    ['{"a":1}}', 'byte 7: expected the end'],
    ['{"a":"\n"}', 'byte 6: expected a closing quote (control characters must be escaped)'],
    ['{"a":"\\x"}', 'byte 7: expected an escape character'],
    ['{"a":"\\u12g4"}', 'byte 10: expected a hexadecimal digit'],
    ['{"a":.5}', 'byte 5: expected a value'],
    ['{"a":1.}', 'byte 7: expected a digit'],
    ['{"a":trve}', 'byte 7: expected true'],
    ['{"a":[1,]}', 'byte 8: expected a value'],
    ['{"a":[1}', "byte 7: expected ',' or ']'"],
    ['{"a":1,}', 'byte 7: expected a key'],
    ['{"a" 1}', "byte 5: expected ':'"],
    ['{"a":"b', 'byte 7: expected a closing quote (control characters must be escaped), found the end'],
    ['\u00a0{}', 'byte 0: expected a value'],
    ['[1,2', "byte 4: expected ',' or ']', found the end"],
  ])('%j is not-json: %s', (record, detail) => {
    expect(fails(record)).toEqual({ reason: 'not-json', detail });
  });

  it.each([
    '[1,2]',
    '3',
    'null',
    '"x"',
    '{}',
    '{"resourceType":3}',
    '{"resourceType":null}',
    '{"ResourceJson":null}',
  ])('%s is JSON, but not-fhir', (record) => {
    expect(fails(record).reason).toBe('not-fhir');
  });

  it.each([
    ['an overlong quote', [0x22, 0xc0, 0xa2, 0x22]],
    ['a surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a code point beyond the last', [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]],
    ['a sequence cut short', [0x22, 0xe2, 0x82, 0x22]],
    ['a byte outside of strings', [0xff]],
  ])('%s is not-utf8, even where the JSON is broken before it', (_, bytes) => {
    const value = Buffer.from(bytes);
    const record = (head: string): Buffer => Buffer.concat([Buffer.from(head), value, Buffer.from('}')]);
    expect(fails(record('{"resourceType":"Observation","x":')).reason).toBe('not-utf8');
    expect(fails(record('{]')).reason).toBe('not-utf8');
  });

  it('a record over the limit is too-large before anything else, and at the limit it is read', () => {
    const record = Buffer.from('{"resourceType":"Observation"}');
    expect(isUnreadable(readResource(record, record.length))).toBe(false);
    expect(fails(record, record.length - 1)).toEqual({
      reason: 'too-large',
      detail: '30 bytes; at most 29 are read',
    });
    expect(fails(Buffer.alloc(DEFAULT_MAX_BYTES + 1, 0xff)).reason).toBe('too-large');
    expect(fails(Buffer.alloc(DEFAULT_MAX_BYTES, 0xff)).reason).toBe('not-utf8');
  });

  it('no detail holds anything of the record', () => {
    for (const record of [
      '{"name":"Smith" 1}',
      '{"name":"Smi\nth"}',
      '{"x":Smith}',
      '{"name":"Smith"}',
      '"Smith"',
    ]) {
      expect(fails(record).detail).not.toMatch(/smi|name/i);
    }
  });
});

describe('JSON as JSON.parse takes it', () => {
  it('of equal keys the last counts, and replaces the earlier whole', () => {
    const read = reads(
      '{"resourceType":"Encounter","resourceType":"Observation","status":"final","status":null,' +
        '"code":{"text":"a"},"code":{"coding":[{"code":"b","code":"c"}]},' +
        '"valueQuantity":{"value":1},"valueQuantity":7,"valueString":"s","valueString":null,' +
        '"meta":{"versionId":"1"},"meta":{},"focus":[{}],"focus":[]}',
    );
    expect(read).toMatchObject({
      resourceType: 'Observation',
      status: undefined,
      code: { codings: [{ code: 'c' }], text: undefined },
      value: { kind: 'absent' },
      versionId: undefined,
      focus: false,
      malformed: 'valueQuantity',
    });
  });

  it('a fault of a value that a later key replaces is none', () => {
    expect(reads('{"resourceType":"Observation","status":5,"status":"final"}').malformed).toBeUndefined();
  });

  it('__proto__ is a key like any other', () => {
    const read = reads(
      '{"__proto__":{"status":"final"},"resourceType":"Observation","code":{"__proto__":{"text":"x"}}}',
    );
    expect(read).toMatchObject({ status: undefined, code: { text: undefined } });
  });

  it('escapes count in keys and values, lone surrogates too', () => {
    const read = reads(
      '{"\\u0072esourceType":"Observ\\u0061tion","st\\u0061tus":"\\ud83c\\udf21","id":"\\udc00"}',
    );
    expect(read).toMatchObject({ resourceType: 'Observation', status: '\u{1f321}', id: '\udc00' });
  });

  it.each([
    '-0',
    '1e999',
    '-1e999',
    '0.1',
    '9007199254740993',
    '123456789.123456789',
    '1E-7',
    '5e-324',
    '36.60',
  ])('the number %s is the double that JSON.parse gives', (number) => {
    const read = reads(`{"resourceType":"Observation","valueInteger":${number}}`);
    expect(read.value).toEqual({ kind: 'integer', value: JSON.parse(number) });
  });

  it.each([
    ['[', ']'],
    ['{"a":', '}'],
    ['[{"":[', ']}]'],
  ])('200,000 levels of %s are walked', (open, close) => {
    const levels = 200_000;
    const inner = open.startsWith('{') ? '1' : '';
    const record = `{"x":${open.repeat(levels)}${inner}${close.repeat(levels)},"resourceType":"Observation","id":"7"}`;
    const read = readResource(Buffer.from(record), Number.POSITIVE_INFINITY);
    expect(read).toMatchObject({ resourceType: 'Observation', id: '7' });
    const unclosed = record.slice(0, -levels);
    expect(fails(unclosed, Number.POSITIVE_INFINITY).reason).toBe('not-json');
  });

  it('a record of 2 MB is read when the limit allows it, and the next small one as before', () => {
    const div = 'x\u00e9\\n'.repeat(500_000);
    const read = reads(`{"resourceType":"Observation","text":{"div":"${div}"},"id":"large"}`);
    expect(read.id).toBe('large');
    expect(reads(observation({ id: 'small' })).id).toBe('small');
  });

  it('bytes are read where they stand in a larger buffer, and are left as they are', () => {
    const record = '{"resourceType":"Observation","id":"a"}';
    const larger = Buffer.from(`"}${record}","id":"b"}`);
    const view = new Uint8Array(larger.buffer, larger.byteOffset + 2, record.length);
    expect(readResource(view)).toMatchObject({ id: 'a' });
    expect(larger.toString()).toBe(`"}${record}","id":"b"}`);
  });

  it('what was read keeps its text when further records are read', () => {
    const first = reads(
      observation({ id: 'the-first-of-many-ids', code: { text: 'the first of many codes' } }),
    );
    for (let index = 0; index < 5; index++)
      reads(observation({ id: 'z'.repeat(40), code: { text: 'y'.repeat(40) } }));
    expect(first).toMatchObject({ id: 'the-first-of-many-ids', code: { text: 'the first of many codes' } });
  });
});

describe('the envelope', () => {
  const inner = '{"resourceType":"Observation","id":"caf\u00e9 \\"1\\"","note":"a\\/b"}';
  const careful = JSON.stringify(inner)
    .slice(1, -1)
    .replaceAll('\\"', '\\u0022')
    .replaceAll('\u00e9', '\\u00E9');

  it.each([
    ['a string', JSON.stringify(inner)],
    ['a string of a writer that escapes every quote', `"${careful}"`],
    ['an object', inner],
  ])('its resource is read from %s, wherever the key stands', (_, enclosed) => {
    for (const record of [
      `{"ResourceJson":${enclosed},"EventId":"1"}`,
      `{"EventId":"1", "ResourceJson" :${enclosed}}`,
    ]) {
      expect(reads(record)).toMatchObject({ resourceType: 'Observation', id: 'caf\u00e9 "1"' });
    }
  });

  it('a resource that has such a key itself is no envelope', () => {
    expect(reads({ ResourceJson: '{', resourceType: 'Task', id: 'x' }).id).toBe('x');
  });

  it('a resource inside may have such a key itself, which is passed over', () => {
    const own =
      '{"ResourceJson":"{\\"id\\":\\"no\\"}","resourceType":"Task","id":"yes","meta":{"versionId":"7"}}';
    expect(reads({ ResourceJson: own })).toMatchObject({ id: 'yes', versionId: '7' });
    expect(reads(`{"ResourceJson":${own}}`)).toMatchObject({ id: 'yes', versionId: '7' });
  });

  it('of two enclosed texts the last counts, and a broken string is not-json of the envelope itself', () => {
    const task = (id: string): string => JSON.stringify(`{"resourceType":"Task","id":"${id}"}`);
    expect(reads(`{"ResourceJson":${task('a')},"ResourceJson":${task('b')}}`).id).toBe('b');
    expect(fails(`{"ResourceJson":${task('a')},"ResourceJson":null}`).reason).toBe('not-fhir');
    for (const broken of ['"{\\x', '"{\n"}', '"{\\u00g0"}', '"{}']) {
      const { reason, detail } = fails(`{"ResourceJson":${broken}`);
      expect(reason).toBe('not-json');
      expect(detail).toMatch(/^byte \d+/);
    }
  });

  it.each([0x1f, 0x7f, 0x80, 0xff, 0x100, 0x1f321])(
    'the code point %i inside is read from its escapes',
    (code) => {
      const units = Array.from({ length: String.fromCodePoint(code).length }, (_, index) =>
        String.fromCodePoint(code).charCodeAt(index),
      );
      const escape = units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
      // Once in the text of the envelope, and once more in the enclosed text.
      const once = `{"ResourceJson":"{\\"resourceType\\":\\"Task\\",\\"id\\":\\"${escape}\\"}"}`;
      const again = once.replaceAll('\\u', '\\\\u');
      if (code >= 0x20) expect(reads(once).id).toBe(String.fromCodePoint(code));
      else expect(fails(once).detail).toContain('ResourceJson');
      expect(reads(again).id).toBe(String.fromCodePoint(code));
    },
  );

  it('broken JSON inside is not-json, and the detail names ResourceJson', () => {
    expect(fails(JSON.stringify({ ResourceJson: '{"id":' }))).toEqual({
      reason: 'not-json',
      detail: 'ResourceJson, in its own text: byte 6: expected a value, found the end',
    });
    expect(fails('{"ResourceJson":"{}"').detail).not.toContain('ResourceJson');
  });

  it.each(['[]', '{}', '3', '{"ResourceJson":"{}"}', '{"ResourceJson":{"resourceType":"Observation"}}'])(
    '%s inside is not-fhir, as a string and as it is',
    (enclosed) => {
      expect(fails(`{"ResourceJson":${JSON.stringify(enclosed)}}`).reason).toBe('not-fhir');
      expect(fails(`{"ResourceJson":${enclosed}}`).reason).toBe('not-fhir');
    },
  );

  it('a lone surrogate inside is what JSON.parse makes of it: text in a string, an error elsewhere', () => {
    expect(reads('{"ResourceJson":"{\\"resourceType\\":\\"Task\\",\\"id\\":\\"\\ud800\\"}"}').id).toBe(
      '\ud800',
    );
    expect(
      fails('{"ResourceJson":"{\\"resourceType\\":\\"Task\\",\\"id\\":\\"\\\\\\ud800\\"}"}').reason,
    ).toBe('not-json');
    expect(fails('{"ResourceJson":"{\\"resourceType\\":\\"Task\\"\\ud800}"}').reason).toBe('not-json');
  });

  it('a fault inside is named by its path in the resource', () => {
    expect(reads({ ResourceJson: JSON.stringify(observation({ code: { coding: {} } })) }).malformed).toBe(
      'code.coding',
    );
    expect(reads({ ResourceJson: observation({ code: { coding: {} } }), x: 1 }).malformed).toBe(
      'code.coding',
    );
  });
});

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
