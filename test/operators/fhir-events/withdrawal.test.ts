import { describe, expect, test } from 'vitest';
import { T0 } from '../events.ts';
import { coded, type Json, observation, quantity, read, record, stages, valued } from '../fhir.ts';
import { Journal } from '../journal.ts';

const PRESSURE = valued('8480-6', { valueQuantity: quantity(80, 'mm[Hg]') }, { id: 'pressure' });
const ABOUT_OTHER: Json = { focus: [{ reference: 'Patient/p2' }] };
const second = (elements: Json): Json => observation({ meta: { versionId: '2' }, ...elements });

/** What is told of alerts when these resources come in this order. */
async function told(...resources: readonly Json[]): Promise<readonly string[]> {
  const journal = new Journal();
  for (const made of await stages(resources.map((one) => record(one))))
    if (!('reason' in made)) journal.add(made);
  return journal.alerts.map(({ status }) => status);
}

describe('a later version of a value that an alert rests on', () => {
  test.each<[string, Json]>([
    ['entered in error', { status: 'entered-in-error' }],
    ['whose status does not count', { status: 'cancelled' }],
    ['about somebody else', ABOUT_OTHER],
    ['about somebody else, entered in error', { ...ABOUT_OTHER, status: 'entered-in-error' }],
    ['without a value', { valueQuantity: undefined, dataAbsentReason: coded('unknown') }],
    ['with a value of no use', { valueQuantity: quantity(0, '/min') }],
    ['with a normal value', { valueQuantity: quantity(14, '/min') }],
  ])('%s takes the alert back, and never lets it come where it comes first', async (_what, elements) => {
    expect(await told(observation(), PRESSURE, second(elements))).toEqual(['RAISED', 'RETRACTED']);
    expect(await told(second(elements), PRESSURE, observation())).toEqual([]);
  });

  test.each<[string, Json]>([
    ['a value that cannot be read', { valueQuantity: quantity('14', '/min') }],
    ['an unknown unit', { valueQuantity: quantity(14, 'mm[Hg]') }],
    ['a time that is not exact', { effectiveDateTime: '2026-01-05' }],
  ])('that is a dead letter for %s leaves it: nobody knows what it was to say', async (_what, elements) => {
    expect((await read(second(elements))).dead).toBeDefined();
    expect(await told(observation(), PRESSURE, second(elements))).toEqual(['RAISED']);
  });
});

describe('a resource about somebody else', () => {
  test.each<[string, Json, string]>([
    ['a vital sign', observation(), 'VITAL_SIGNS'],
    ['a culture', observation({ code: coded('600-7'), valueQuantity: undefined }), 'RETRACTION'],
  ])('is ignored, and travels as a withdrawal: %s', async (_what, of, kind) => {
    const { event, ignored, dead } = await read({ ...of, ...ABOUT_OTHER });
    expect([ignored, dead]).toEqual(['focus', undefined]);
    expect(event).toMatchObject({ kind, resourceId: 'obs-1', time: T0, measurements: [] });
  });

  test('needs no patient to be ignored', async () => {
    const { event, ignored, dead } = await read(observation({ ...ABOUT_OTHER, subject: undefined }));
    expect([event, ignored, dead]).toEqual([undefined, 'focus', undefined]);
  });
});
