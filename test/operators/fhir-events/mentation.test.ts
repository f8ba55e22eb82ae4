import { describe, expect, test } from 'vitest';
import { coded, type Json, LOINC, measured, observation, quantity, read, valued } from '../fhir.ts';

describe('coma scale and mentation', () => {
  const part = (code: string, value: Json): Json => ({ code: coded(code), ...value });
  const answer = (code: string): Json => ({ valueCodeableConcept: { coding: [{ system: LOINC, code }] } });

  test.each<[string, Json, readonly (readonly [string, number])[]]>([
    [
      'a total as quantity',
      valued('9269-2', { valueQuantity: quantity(13, '{score}') }),
      [['GCS_TOTAL', 13]],
    ],
    ['a total as integer', valued('9269-2', { valueInteger: 13 }), [['GCS_TOTAL', 13]]],
    ['a total without a unit', valued('9269-2', { valueQuantity: quantity(13) }), [['GCS_TOTAL', 13]]],
    [
      'a panel with total and parts',
      valued('35088-4', { valueInteger: 9, component: [part('9267-6', { valueInteger: 2 })] }),
      [
        ['GCS_TOTAL', 9],
        ['GCS_EYE', 2],
      ],
    ],
    [
      'parts as numbers and as LOINC answers',
      valued('35088-4', {
        component: [
          part('9267-6', answer('LA6556-0')),
          part('9270-0', { valueInteger: 5 }),
          part('9268-4', answer('LA6567-7')),
        ],
      }),
      [
        ['GCS_EYE', 4],
        ['GCS_VERBAL', 5],
        ['GCS_MOTOR', 6],
      ],
    ],
    ['a part on its own', valued('9268-4', { valueQuantity: quantity(4, '{score}') }), [['GCS_MOTOR', 4]]],
    [
      'an untestable verbal answer',
      valued('9270-0', { valueCodeableConcept: { text: '1.0 ET/Trach' } }),
      [['GCS_UNTESTABLE', 0]],
    ],
    [
      'a qualifier',
      valued('55285-1', { valueCodeableConcept: { text: 'Intubated' } }),
      [['GCS_UNTESTABLE', 0]],
    ],
    [
      'a total with a qualifier',
      valued('9269-2', {
        valueInteger: 3,
        component: [part('55285-1', { valueCodeableConcept: { text: 'Sedated' } })],
      }),
      [
        ['GCS_TOTAL', 3],
        ['GCS_UNTESTABLE', 0],
      ],
    ],
    ['ACVPU alert', valued('80288-4', answer('LA9340-6')), [['MENTATION', 0]]],
    ['ACVPU voice', valued('80288-4', { valueCodeableConcept: { text: 'V' } }), [['MENTATION', 1]]],
    [
      'new confusion, as a finding',
      observation({ code: coded('130987000', 'http://snomed.info/sct'), valueQuantity: undefined }),
      [['MENTATION', 1]],
    ],
  ])('%s', async (_what, resource, expected) => {
    expect(await measured(resource)).toEqual(expected);
  });

  test.each<[string, Json, string]>([
    ['a total in words', valued('9269-2', { valueCodeableConcept: { text: 'fifteen' } }), 'value-type'],
    ['an unknown eye answer', valued('9267-6', answer('LA0')), 'no-value'],
    ['a total of 2', valued('9269-2', { valueInteger: 2 }), 'implausible'],
    ['a total of 16', valued('9269-2', { valueInteger: 16 }), 'implausible'],
    ['ACVPU as a number', valued('80288-4', { valueInteger: 1 }), 'value-type'],
    ['ACVPU without a value', valued('80288-4', {}), 'no-value'],
    ['confusion with absent data', valued('80288-4', { dataAbsentReason: coded('unknown') }), 'no-value'],
  ])('%s counts for nothing', async (_what, resource, reason) => {
    expect((await read(resource)).ignored).toBe(reason);
  });
});
