import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { isStreamsError } from '../../../topology/model/errors.ts';
import { classified, replayInto, workDirectory } from './replay-run.ts';
import { gcs, recorded, respiratoryRate, systolic } from './vital-signs.ts';

const directory = workDirectory();
const TIME = '2026-01-05T08:00:00Z';
const GOOD = respiratoryRate('good', TIME, 24);

let runs = 0;
const out = (): string => join(directory, `out-${runs++}`);

function input(content: string | Uint8Array): string {
  const path = join(directory, `input-${runs++}`);
  writeFileSync(path, content);
  return path;
}

describe('a file that cannot be the input ends the replay with one line that names it', () => {
  const whole = gzipSync(
    Array.from({ length: 2_000 }, (_, i) => respiratoryRate(`r${i}`, TIME, i)).join('\n'),
  );
  const CASES: readonly (readonly [string, () => string, code: string, why: RegExp])[] = [
    ['no such file', () => join(directory, 'nowhere'), 'input-unreadable', /there is no such file/],
    ['an empty file', () => input(''), 'input-without-fhir', /is empty/],
    ['blank lines', () => input('\n\n  \n'), 'input-without-fhir', /holds no FHIR/],
    ['an empty gzip file', () => input(gzipSync('')), 'input-without-fhir', /holds no FHIR/],
    [
      'a gzip file cut off',
      () => input(whole.subarray(0, 9_000)),
      'input-unreadable',
      /cut off before its end/,
    ],
    [
      'a damaged gzip file',
      () => input(Buffer.concat([whole.subarray(0, 20), Buffer.alloc(90, 7)])),
      'input-unreadable',
      /damaged/,
    ],
    ['a directory', () => directory, 'input-unreadable', /it is a directory/],
    [
      'a binary file',
      () => input(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3])),
      'input-unreadable',
      /binary file/,
    ],
    ['text', () => input('hello\nworld\n'), 'input-without-fhir', /holds no FHIR/],
    ['other JSON', () => input('{"a":1}\n[1,2]\n'), 'input-without-fhir', /holds no FHIR/],
    [
      'a recording of something else',
      () => input(recorded(0, '{"a":1}')),
      'input-without-fhir',
      /holds no FHIR/,
    ],
  ];

  test.for(CASES)('%s', async ([, file, code, why]) => {
    const path = file();
    const error: unknown = await replayInto(out(), path).catch((thrown: unknown) => thrown);
    if (!isStreamsError(error)) throw error;
    expect(error.code).toBe(code);
    expect(error.message).toMatch(why);
    expect(error.message).toContain(path);
    expect(error.message).not.toContain('\n');
  });

  test('one of several that holds no FHIR is named, whatever the others hold', async () => {
    const empty = input('');
    await expect(replayInto(out(), input(GOOD), empty)).rejects.toThrow(`${empty} is empty.`);
  });
});

/** One line of an input, and the class that its record belongs to. */
const RECORDS: readonly (readonly [string, string, class_: string])[] = [
  ['null key and value', recorded(0, null), 'not-json'],
  ['2 MB', respiratoryRate('big', TIME, 24, { note: [{ text: 'x'.repeat(2 << 20) }] }), 'too-large'],
  // JSON.parse reads it too, and there is no code in it.
  ['deep nesting', `{"resourceType":"Observation","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'code'],
  ['NaN', GOOD.replace('24', 'NaN'), 'not-json'],
  ['a negative rate', respiratoryRate('negative', TIME, -4), 'implausible'],
  ['an absurd rate', respiratoryRate('absurd', TIME, 11_647), 'implausible'],
  ['1e400', respiratoryRate('infinite', TIME, 24).replace('24', '1e400'), 'implausible'],
  ['a number as text', GOOD.replace('24', '"24"'), 'bad-value'],
  ['half a character in a text', respiratoryRate('half', TIME, 24, { note: [{ text: '\ud800' }] }), 'used'],
  // It has no UTF-8, so no event can carry it.
  ['half a character in an id', respiratoryRate('\ud800', TIME, 24), 'value-does-not-fit'],
  ['no subject', respiratoryRate('orphan', TIME, 24, { subject: undefined }), 'missing-subject'],
  ['a date', respiratoryRate('date', '2026-01-05', 24), 'imprecise-time'],
  ['another unit', GOOD.replaceAll('/min', 'mm[Hg]'), 'unknown-unit'],
  ['another code', respiratoryRate('pulse', TIME, 24).replace('9279-1', '8867-4'), 'code'],
  ['another type', '{"resourceType":"Practitioner","id":"dr"}', 'resource-type'],
  ['a future time', recorded(0, respiratoryRate('future', '2026-01-06T08:00:00Z', 24)), 'future-time'],
  ['text', 'hello', 'not-json'],
  ['an arrival beyond all time', recorded(0, gcs('late-arrival', TIME, 14), { arrival: 1e300 }), 'used'],
];

describe('a record that is wrong in itself is told of with its reason, and the replay goes on', () => {
  test.for(RECORDS)('%s', async ([, line, class_]) => {
    // Between two good ones: what it does to them shows.
    const run = await replayInto(out(), input(`${GOOD}\n${line}\n${systolic('after', TIME, 90)}\n`));
    const { summary } = run;
    expect(summary.records).toBe(3);
    expect(classified(summary)).toBe(3);
    const told = { ...summary.ignored, ...summary.deadLettered };
    expect(told).toEqual(class_ === 'used' ? {} : { [class_]: 1 });
    expect(run.lines('dead-letters')?.map(({ reason }) => reason)).toEqual(Object.keys(summary.deadLettered));
    expect(run.lines('episodes')).toMatchObject([
      { patient: 'Patient/p1', onset_met: expect.arrayContaining(['RR', 'SBP']) },
    ]);
  });

  test('bytes that are not UTF-8', async () => {
    const line = Buffer.from(respiratoryRate('bytes', TIME, 24, { note: [{ text: '~' }] }));
    line[line.indexOf('~')] = 0xff;
    const run = await replayInto(out(), input(Buffer.concat([Buffer.from(`${GOOD}\n`), line])));
    expect(run.summary.deadLettered).toEqual({ 'not-utf8': 1 });
  });

  test('a key that is given twice in an object: the last one counts, as for JSON.parse', async () => {
    const twice = GOOD.replace('"valueQuantity":{', '"valueQuantity":{"value":12,');
    const run = await replayInto(out(), input(twice), '--explain');
    expect(run.lines('facts')).toMatchObject([{ value: 24 }]);
  });

  test('a Bundle with entries that are not for us: each entry is counted, and named by its index', async () => {
    const entry = (resource: string): string => `{"resource":${resource}}`;
    const broken = respiratoryRate('b', '2026-01-05', 20);
    const entries = [GOOD, '{"resourceType":"Practitioner","id":"dr"}', broken].map(entry);
    const file = input(`{"resourceType":"Bundle","type":"collection","entry":[${entries.join(',')},{}]}`);
    const run = await replayInto(out(), file);
    expect(run.summary).toMatchObject({ records: 3, used: 1, ignored: { 'resource-type': 1 } });
    expect(run.lines('dead-letters')).toMatchObject([
      { file, topic: 'fhir.observation.vitals', partition: 0, offset: 2, reason: 'imprecise-time' },
    ]);
  });
});

describe('a place that cannot be written to', () => {
  test('a file where the directory should be is wrong usage', async () => {
    const error: unknown = await replayInto(input('x'), input(GOOD)).catch((thrown: unknown) => thrown);
    expect(isStreamsError(error) && error.code).toBe('usage');
  });

  test('a directory with the name of a result', async () => {
    const path = out();
    mkdirSync(join(path, 'alerts.jsonl'), { recursive: true });
    const error: unknown = await replayInto(path, input(GOOD)).catch((thrown: unknown) => thrown);
    expect(isStreamsError(error) && error.code).toBe('output-unwritable');
  });
});
