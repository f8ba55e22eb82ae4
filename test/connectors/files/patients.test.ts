import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { patients } from '../../../connectors/files/patients.ts';
import { inputs } from './written-input.ts';

const written = inputs();
const patient = (id: string | undefined, ...identifier: object[]): object => ({
  resourceType: 'Patient',
  id,
  identifier,
});
const mrn = (value: unknown, system: string | undefined = 'urn:mrn'): object => ({ system, value });
const ndjson = (...rows: readonly (object | string)[]): string =>
  written('patients', rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n'));

describe('patients by identifier', () => {
  test('every identifier leads to the bare id; other resources are passed over', async () => {
    const file = ndjson(
      patient('p1', mrn('1'), { system: 'urn:other', value: '1' }),
      { resourceType: 'Encounter', identifier: [mrn('9')] },
      '',
      patient('p2', { value: 'x' }, mrn(7), {}),
      patient('p3'),
      patient('p1', mrn('1')),
    );
    expect([...(await patients(file))]).toEqual([
      ['urn:mrn|1', 'p1'],
      ['urn:other|1', 'p1'],
      ['|x', 'p2'],
    ]);
  });

  test('a Bundle and gzip will do', async () => {
    const bundle = { resourceType: 'Bundle', entry: [{ resource: patient('p1', mrn('1')) }] };
    for (const content of [JSON.stringify(bundle, null, 2), gzipSync(JSON.stringify(bundle))]) {
      expect([...(await patients(written('bundle', content)))]).toEqual([['urn:mrn|1', 'p1']]);
    }
  });

  test.each<[what: string, file: () => string, message: RegExp]>([
    [
      'two patients with one identifier',
      () => ndjson(patient('p1', mrn('S3CRET')), '', patient('p2', mrn('S3CRET'))),
      /at line 3 has an identifier that/,
    ],
    [
      'a broken line',
      () => ndjson(patient('p1'), '{"resourceType":"Patient","id":"S3CRET'),
      /: line 2 is not a FHIR resource/,
    ],
    ['a line that is no resource', () => ndjson(patient('p1'), '[]'), /: line 2 is not a FHIR resource/],
    [
      'a Patient without an id',
      () => ndjson(patient(undefined, mrn('S3CRET'))),
      /the Patient at line 1 has no id/,
    ],
    ['no Patient', () => ndjson({ resourceType: 'Encounter' }), /: it holds no Patient resource/],
    ['an empty file', () => ndjson(''), /: it holds no Patient resource/],
    ['a missing file', () => '/nowhere/x', /: there is no such file/],
    [
      'an entry of a Bundle',
      () =>
        written(
          'twice',
          JSON.stringify({
            resourceType: 'Bundle',
            entry: [
              {},
              { resource: patient('p1', mrn('S3CRET')) },
              { resource: patient('p2', mrn('S3CRET')) },
            ],
          }),
        ),
      /at entry 3 of the Bundle has an identifier/,
    ],
  ])('%s is refused with its place, and without what it says', async (_, file, message) => {
    const error: unknown = await patients(file()).then(
      () => undefined,
      (cause: unknown) => cause,
    );
    expect(error).toMatchObject({ code: 'input-unreadable', message: expect.stringMatching(message) });
    expect(JSON.stringify(error) + String(error)).not.toContain('S3CRET');
  });
});
