import { describe, expect, it } from 'vitest';
import { readResource } from '../../../schemas/fhir/read-resource.ts';
import { fails, observation, reads } from './reading.ts';

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
