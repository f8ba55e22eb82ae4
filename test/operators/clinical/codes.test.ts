import { describe, expect, test } from 'vitest';
import { codeMap, LOINC, SNOMED, select } from '../../../operators/clinical/codes.ts';
import { gcsAnswer, qualifierUntestable } from '../../../operators/clinical/gcs-answer.ts';
import { alteredByAcvpu, alteredByConfusion } from '../../../operators/clinical/mentation.ts';

const codes = codeMap();
const loinc = (code: string) => ({ system: LOINC, code });
const OID = 'urn:oid:2.16.840.1.113883.6.1';

describe('selection by code', () => {
  test.each([
    ['9279-1', 'respiratory-rate'],
    ['8480-6', 'systolic'],
    ['76534-7', 'systolic'],
    ['76215-3', 'systolic'],
    ['8459-0', 'systolic'],
    ['8461-6', 'systolic'],
    ['8460-8', 'systolic'],
    ['85354-9', 'blood-pressure-panel'],
    ['55284-4', 'blood-pressure-panel'],
    ['9269-2', 'gcs-total'],
    ['35088-4', 'gcs-total'],
    ['9267-6', 'gcs-eye'],
    ['9270-0', 'gcs-verbal'],
    ['9268-4', 'gcs-motor'],
    ['55285-1', 'gcs-qualifier'],
    ['80288-4', 'mentation'],
    ['2524-7', 'lactate'],
    ['32693-4', 'lactate'],
    ['2518-9', 'lactate'],
    ['600-7', 'culture'],
  ])('%s selects %s', (code, selected) => {
    expect(select(codes, [loinc(code)])).toEqual({ selected, code });
    expect(select(codes, [{ system: OID, code }])?.selected).toBe(selected);
  });

  test.each(['19834-1', '8440-0', '8452-5', '96608-5', '96607-7', '8478-0', '8462-4', '8867-4', '88330-6'])(
    '%s selects nothing',
    (code) => {
      expect(select(codes, [loinc(code)])).toBeUndefined();
    },
  );

  test('all codings are searched, and a refused one refuses the whole', () => {
    expect(select(codes, [{ system: 'local', code: 'BT' }, loinc('x'), loinc('9279-1')])?.selected).toBe(
      'respiratory-rate',
    );
    expect(select(codes, [loinc('8480-6'), loinc('8440-0')])).toBeUndefined();
  });

  test('a code means nothing without its system', () => {
    expect(
      select(codes, [
        { system: undefined, code: '9279-1' },
        { system: 'other', code: '9279-1' },
        { system: LOINC, code: undefined },
      ]),
    ).toBeUndefined();
  });

  test('a site adds its own codes, and may take one of ours away', () => {
    const local = codeMap({
      'http://site|items|220210': 'respiratory-rate',
      [`${LOINC}|76215-3`]: 'refused',
    });
    expect(select(local, [{ system: 'http://site|items', code: '220210' }])?.selected).toBe(
      'respiratory-rate',
    );
    expect(select(local, [loinc('76215-3')])).toBeUndefined();
  });

  test('names that every object has are no codes', () => {
    for (const code of ['constructor', '__proto__', 'toString']) {
      expect(select(codes, [{ system: code, code }, loinc(code)])).toBeUndefined();
      expect(gcsAnswer({ codings: [loinc(code)], text: undefined }, false)).toBeUndefined();
      expect(alteredByAcvpu({ codings: [{ system: code, code }], text: undefined })).toBe(true);
    }
  });
});

describe('answers of the coma scale', () => {
  const eye = ['LA6553-7', 'LA6554-5', 'LA6555-2', 'LA6556-0'];
  const verbal = ['LA6557-8', 'LA6558-6', 'LA6559-4', 'LA6560-2', 'LA6561-0'];
  const motor = ['LA6562-8', 'LA6563-6', 'LA6564-4', 'LA6565-1', 'LA6566-9', 'LA6567-7'];
  test.each([eye, verbal, motor].flatMap((answers) => answers.map((code, i) => [code, i + 1] as const)))(
    '%s is %i',
    (code, points) => {
      expect(
        gcsAnswer({ codings: [{ system: 'local', code: 'x' }, loinc(code)], text: undefined }, false),
      ).toBe(points);
      expect(gcsAnswer({ codings: [{ system: OID, code }], text: undefined }, true)).toBe(points);
    },
  );

  test.each(['No Response-ETT', '1.0 ET/Trach', 'Intubated', 'something else'])(
    'a verbal "%s" is untestable',
    (text) => {
      expect(gcsAnswer({ codings: [], text }, true)).toBe('untestable');
    },
  );

  test('an unknown answer of another part is no answer', () => {
    expect(gcsAnswer({ codings: [loinc('LA0')], text: 'something' }, false)).toBeUndefined();
  });

  test('the qualifier makes the scale untestable unless it says that the score is legitimate', () => {
    expect(qualifierUntestable({ codings: [], text: 'Patient intubated' })).toBe(true);
    expect(
      qualifierUntestable({
        codings: [
          { system: LOINC, code: 'LA', display: 'Initial GCS has legitimate values without interventions' },
        ],
        text: undefined,
      }),
    ).toBe(false);
  });
});

describe('mentation without a coma scale', () => {
  test.each([
    ['LOINC Alert', { codings: [loinc('LA9340-6')], text: undefined }, false],
    ['LOINC Alert by its OID', { codings: [{ system: OID, code: 'LA9340-6' }], text: undefined }, false],
    ['SNOMED mentally alert', { codings: [{ system: SNOMED, code: '248234008' }], text: undefined }, false],
    ['text A', { codings: [], text: ' a ' }, false],
    ['text Alert', { codings: [], text: 'Alert' }, false],
    [
      'a local code displayed as Alert',
      { codings: [{ system: 'local', code: '1', display: 'Alert' }], text: undefined },
      false,
    ],
    ['Voice', { codings: [loinc('LA17108-4')], text: undefined }, true],
    ['text V', { codings: [], text: 'V' }, true],
    ['text Confused', { codings: [], text: 'new confusion' }, true],
    ['nothing', { codings: [], text: ' ' }, undefined],
    [
      'a coding without a code',
      { codings: [{ system: LOINC, code: undefined }], text: undefined },
      undefined,
    ],
  ])('%s', (_what, answer, altered) => {
    expect(alteredByAcvpu(answer)).toBe(altered);
  });

  test('new confusion as a finding is there unless it says that it is not', () => {
    expect(alteredByConfusion(undefined)).toBe(true);
    expect(alteredByConfusion({ codings: [{ system: SNOMED, code: '2667000' }], text: undefined })).toBe(
      false,
    );
    expect(alteredByConfusion({ codings: [loinc('LA32-8')], text: undefined })).toBe(false);
    expect(alteredByConfusion({ codings: [], text: 'No' })).toBe(false);
    expect(alteredByConfusion({ codings: [], text: 'Yes' })).toBe(true);
  });
});
