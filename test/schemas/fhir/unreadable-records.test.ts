import { describe, expect, it } from 'vitest';
import { DEFAULT_MAX_BYTES, readResource } from '../../../schemas/fhir/read-resource.ts';
import { isUnreadable } from '../../../schemas/fhir/resource.ts';
import { fails } from './reading.ts';

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
