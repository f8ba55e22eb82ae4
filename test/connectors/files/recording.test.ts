import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordingOf } from '../../../connectors/files/recording.ts';
import { allRecords, inputs, textOf } from './written-input.ts';

const written = inputs();
const read = (line: string | Buffer): ReturnType<typeof recordingOf> => recordingOf(Buffer.from(line));

describe('a line of a recording', () => {
  test('an object as value keeps its very bytes: duplicate keys, number forms, escapes, white space', () => {
    const value = '{ "a":1.0, "a" : 1e2,"s":"\\u00e4\\/}\\"", "t":"]" , "n":{"x":[{}]}}';
    const line = `{"topic":"t","key":"k","offset":7,"arrival":"2026-01-05T06:11:43.575Z","value":${value}}`;
    const recording = read(line);
    expect(recording).toMatchObject({
      topic: 't',
      partition: 0,
      offset: 7,
      arrival: Date.UTC(2026, 0, 5, 6, 11, 43, 575),
    });
    expect(textOf(recording?.key)).toBe('k');
    expect(textOf(recording?.value)).toBe(value);
  });

  test('a string as value is its text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, ascii) => {
        const json = JSON.stringify(text);
        const quoted = ascii
          ? json.replaceAll(
              /[^\x20-\x7e]/g,
              (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
            )
          : json;
        expect(textOf(read(`{"value":${quoted},"topic":"t"}`)?.value)).toBe(text);
      }),
    );
    expect(textOf(read(String.raw`{"topic":"t","value":"\"\\\/\b\f\n\r\tA\uD83D\uDE00"}`)?.value)).toBe(
      '"\\/\b\f\n\r\tA\u{1F600}',
    );
  });

  test('a lone surrogate has no bytes of its own; what is not UTF-8 stays as it is', () => {
    expect(textOf(read(String.raw`{"topic":"t","value":"a\ud83dA\ude00"}`)?.value)).toBe('a\uFFFDA\uFFFD');
    const line = Buffer.concat([
      Buffer.from('{"topic":"t","value":"\\n'),
      Buffer.from([0xff, 0xc0]),
      Buffer.from('"}'),
    ]);
    expect([...(read(line)?.value ?? [])]).toEqual([0x0a, 0xff, 0xc0]);
  });

  test('null is no key and no value; other JSON stands as it is written', () => {
    expect(read('{"topic":"t","key":null,"value":null}')).toMatchObject({ key: null, value: null });
    expect(textOf(read('{"topic":"t","value":-1.50}')?.value)).toBe('-1.50');
    expect(textOf(read('{"topic":"t","value":[1, 2]}')?.value)).toBe('[1, 2]');
    expect(read('{"topic":"t","value":""}')?.value).toHaveLength(0);
  });

  test.each([
    ['"2026-01-05T06:11:43.575+05:30"', Date.UTC(2026, 0, 5, 0, 41, 43, 575)],
    ['1767593503575', 1767593503575],
    ['"1767593503575"', 1767593503575],
    ['"2026-01-05T06:11:43"', undefined],
    ['"2026-01-05"', undefined],
    ['"soon"', undefined],
    ['null', undefined],
  ])('arrival %s', (arrival, time) => {
    expect(read(`{"topic":"t","arrival":${arrival},"value":null}`)?.arrival).toBe(time);
  });

  test.each([
    '{"topic":"t"}',
    '{"value":1}',
    '{"topic":1,"value":1}',
    '{"topic":"t","value":1,"resourceType":"Observation"}',
    '{"topic":"t","value":{"a":1}',
    '{"topic":"t","value":1}}',
    '{"topic":"t","value":1,}',
    '{"topic":"t" "value":1}',
    '{"topic":"t","value":"\\q"}',
    '{"topic":"t","value":"\\u00g0"}',
    '["topic",{"topic":"t","value":1}]',
    '{"x":{"topic":"t","value":1}}',
    '"topic"',
  ])('no recording: %s', (line) => {
    expect(read(line)).toBeUndefined();
  });

  test('of a member given twice the last one counts, and keys may be escaped', () => {
    const recording = read(String.raw`{"topic":"a","topic":"b","\u0076alue":1,"offset":3,"value":2}`);
    expect(recording).toMatchObject({ topic: 'b', offset: 3 });
    expect(textOf(recording?.value)).toBe('2');
  });
});

describe('records of a recording', () => {
  test('topic, partition and offset are their own; only input topics are produced into', async () => {
    const lab =
      '{"resourceType":"Observation","issued":"2026-01-05T00:00:00Z","category":[{"coding":[{"code":"laboratory"}]}]}';
    const file = written(
      'recording',
      [
        `{"topic":"fhir.encounter","partition":3,"key":"k","offset":40,"arrival":1,"value":${lab}}`,
        `{"topic":"fhir.observation.other","key":null,"offset":41,"value":${lab}}`,
        '{"topic":"fhir.observation.other","offset":"x","value":"broken {"}',
      ].join('\n'),
    );
    expect(await allRecords([file])).toMatchObject([
      { topic: 'fhir.encounter', partition: 3, offset: 40, arrival: 1, target: 'fhir.encounter' },
      {
        topic: 'fhir.observation.other',
        partition: 0,
        offset: 41,
        arrival: Date.UTC(2026, 0, 5),
        key: null,
        target: 'fhir.observation.labs',
      },
      {
        topic: 'fhir.observation.other',
        offset: 2,
        arrival: undefined,
        target: 'fhir.observation.vitals',
        value: Buffer.from('broken {'),
      },
    ]);
  });
});
