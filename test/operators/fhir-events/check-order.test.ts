import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOUR, T0 } from '../events.ts';
import { coded, type Json, observation, quantity, read } from '../fhir.ts';

/** One fault per check, in the order of the checks, as elements that do not exclude the later ones. */
const FAULTS: readonly (readonly [check: string, verdict: string, elements: Json])[] = [
  ['resource type', 'ignored resource-type', { resourceType: 'Condition' }],
  ['code', 'ignored code', { code: coded('8867-4') }],
  ['status', 'ignored status-cancelled', { status: 'cancelled' }],
  ['focus', 'ignored focus', { focus: [{ reference: 'RelatedPerson/1' }] }],
  ['kind of subject', 'ignored subject-not-patient', { subject: { reference: 'Group/g' } }],
  ['time', 'dead imprecise-time', { effectiveDateTime: '2026-01-05' }],
  ['value', 'dead bad-value', { valueQuantity: quantity('40', '/min') }],
  ['unit', 'dead unknown-unit', { valueQuantity: quantity(24, 'mm[Hg]') }],
];
const FUTURE: (typeof FAULTS)[number] = [
  'future',
  'dead future-time',
  { effectiveDateTime: new Date(T0 + 9 * HOUR).toISOString() },
];
const SUBJECT: (typeof FAULTS)[number] = ['subject', 'dead missing-subject', { subject: undefined }];
const IMPLAUSIBLE: (typeof FAULTS)[number] = [
  'plausibility',
  'ignored implausible',
  { valueQuantity: quantity(0, '/min') },
];

/** Every chain in which no two checks look at the same element. */
const CHAINS = [
  FAULTS.slice(0, 7),
  [...FAULTS.slice(0, 4), SUBJECT, ...FAULTS.slice(5, 6), ...FAULTS.slice(7)],
  [...FAULTS.slice(0, 4), SUBJECT, FUTURE, ...FAULTS.slice(6, 7)],
  [...FAULTS.slice(0, 5), FUTURE, ...FAULTS.slice(7)],
  [...FAULTS.slice(0, 6), IMPLAUSIBLE],
  [FUTURE, IMPLAUSIBLE],
];

async function verdictOf(faults: readonly Json[]): Promise<string> {
  const { dead, ignored } = await read(
    observation(faults.reduce((all, fault) => ({ ...all, ...fault }), {})),
  );
  return dead === undefined ? `ignored ${ignored}` : `dead ${dead}`;
}

describe('the order of the checks', () => {
  test.each([...FAULTS, FUTURE, SUBJECT, IMPLAUSIBLE])(
    'a fault of %s alone: %s',
    async (_check, verdict, elements) => {
      expect(await verdictOf([elements])).toBe(verdict);
    },
  );

  test('of any faults together the first check that fails decides', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...CHAINS).chain((chain) => fc.subarray(chain, { minLength: 1 })),
        async (faults) => {
          expect(await verdictOf(faults.map(([, , elements]) => elements))).toBe(faults[0]?.[1]);
        },
      ),
      { numRuns: 400 },
    );
  });

  test.each([
    [
      'a value that is text, in an unknown unit',
      { valueQuantity: quantity('40', 'mm[Hg]') },
      'dead bad-value',
    ],
    [
      'an implausible number in an unknown unit',
      { valueQuantity: quantity(11_647, 'mm[Hg]') },
      'dead unknown-unit',
    ],
    ['an implausible number as text', { valueQuantity: quantity('11647', '/min') }, 'dead bad-value'],
    [
      'an absent value that is text',
      { valueQuantity: quantity('40'), dataAbsentReason: coded('unknown') },
      'ignored no-value',
    ],
  ])('%s', async (_what, elements, verdict) => {
    expect(await verdictOf([elements])).toBe(verdict);
  });

  test('bytes that are no resource come before all', async () => {
    expect((await read('{"resourceType":"Observation",')).dead).toBe('not-json');
    expect((await read('[]')).dead).toBe('not-fhir');
    expect((await read('{}')).dead).toBe('not-fhir');
    expect((await read(observation(), { maxFhirBytes: 10 })).dead).toBe('too-large');
    expect(
      (await read(observation(), {}, { value: Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d) }))
        .dead,
    ).toBe('not-utf8');
    expect((await read(observation(), {}, { value: null })).dead).toBe('not-json');
  });

  test('entered-in-error ends after the subject: its time, value and unit may be anything', async () => {
    const { event, dead, ignored } = await read(
      observation({
        status: 'entered-in-error',
        effectiveDateTime: '2026',
        valueQuantity: quantity('x', 'foo'),
      }),
    );
    expect([dead, ignored]).toEqual([undefined, undefined]);
    expect(event).toMatchObject({ resourceId: 'obs-1', time: null, measurements: [] });
  });

  test.each([
    ['without a subject', { subject: undefined }, 'dead missing-subject'],
    ['of a group', { subject: { reference: 'Group/g' } }, 'ignored subject-not-patient'],
  ])('entered-in-error %s withdraws nothing', async (_what, elements, verdict) => {
    expect(await verdictOf([{ status: 'entered-in-error' }, elements])).toBe(verdict);
  });

  test('a reason is a code: an invented status is not repeated in it', async () => {
    expect((await read(observation({ status: 'Jane Doe, born 1950' }))).ignored).toBe('status-invalid');
    expect((await read(observation({ status: undefined }))).ignored).toBe('status-missing');
  });

  test('no detail of a dead letter repeats what the record holds', async () => {
    const secret = 'Jane-Doe-1950';
    const faulty: readonly Json[] = [
      { effectiveDateTime: secret },
      { subject: { reference: secret } },
      { subject: { reference: `urn:uuid:${secret}` } },
      { subject: { identifier: { system: secret, value: secret } } },
      { subject: { reference: `#${secret}` } },
      { valueQuantity: quantity(secret, '/min') },
      { valueQuantity: quantity(24, secret) },
    ];
    for (const elements of faulty) {
      const { dead, detail } = await read(observation(elements));
      expect(dead).toBeDefined();
      expect(detail).not.toContain(secret);
    }
    expect((await read(`{"a":"${secret}`)).detail).not.toContain(secret);
  });
});
