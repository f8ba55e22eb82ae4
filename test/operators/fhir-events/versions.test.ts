import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { factsOf } from '../../../operators/patient-window/explain.ts';
import type { ClinicalEvent } from '../../../schemas/generated/clinical-event.ts';
import { event as eventOf, rr, T0 } from '../events.ts';
import { type Json, observation, quantity, read } from '../fhir.ts';
import { Journal } from '../journal.ts';

const version = async (elements: Json): Promise<readonly [string | undefined, number | undefined]> => {
  const { event } = await read(observation({ meta: undefined, ...elements }));
  return [event?.versionRank, event?.version];
};

describe('the version of a resource', () => {
  test.each<[string, Json, string, number]>([
    [
      'its numeric versionId',
      { meta: { versionId: '12', lastUpdated: '2026-01-05T00:00:00Z' }, issued: '2026-01-05T00:00:00Z' },
      'VERSION_ID',
      12,
    ],
    [
      'else lastUpdated',
      { meta: { versionId: 'W/"2"', lastUpdated: '2026-01-05T00:00:00Z' }, issued: '2026-01-05T01:00:00Z' },
      'LAST_UPDATED',
      T0,
    ],
    ['else issued', { meta: { lastUpdated: '2026-01-05' }, issued: '2026-01-05T00:00:00Z' }, 'ISSUED', T0],
    ['else none', { issued: '2026-01-05' }, 'NONE', 0],
    [
      'a versionId beyond what a number holds is none',
      { meta: { versionId: '1234567890123456' } },
      'NONE',
      0,
    ],
    ['leading zeros change nothing', { meta: { versionId: '007' } }, 'VERSION_ID', 7],
    ['a versionId with a sign is none', { meta: { versionId: '-1' } }, 'NONE', 0],
  ])('%s', async (_what, elements, rank, number) => {
    expect(await version(elements)).toEqual([rank, number]);
  });
});

/** The rate that counts in the end. */
const rateAfter = (events: readonly ClinicalEvent[]): number | undefined => {
  const journal = new Journal().addAll(events);
  return journal.window === undefined ? undefined : factsOf(journal.window, journal.rules.rule)[0]?.value;
};
const none = { versionRank: 'NONE', version: 0 } as const;
const issued = { versionRank: 'ISSUED', version: T0 } as const;
const updated = { versionRank: 'LAST_UPDATED', version: T0 - 1 } as const;
const numbered = { versionRank: 'VERSION_ID', version: 1 } as const;

describe('which version counts, whatever comes first', () => {
  test.each<[string, ClinicalEvent, ClinicalEvent, number | undefined]>([
    ['the higher number', rr('r', T0, 20), rr('r', T0, 10, { version: 2 }), 10],
    [
      'numbers, not texts: 10 is more than 9',
      rr('r', T0, 20, { version: 9 }),
      rr('r', T0, 10, { version: 10 }),
      10,
    ],
    ['a versionId over lastUpdated', rr('r', T0, 20, updated), rr('r', T0, 10, numbered), 10],
    ['lastUpdated over issued', rr('r', T0, 20, issued), rr('r', T0, 10, updated), 10],
    ['issued over nothing', rr('r', T0, 20, none), rr('r', T0, 10, issued), 10],
    ['on a tie nothing over something', rr('r', T0, 20), eventOf('VITAL_SIGNS', 'r', T0), undefined],
    [
      'on a tie a withdrawal over a value',
      rr('r', T0, 20, none),
      eventOf('RETRACTION', 'r', null, none),
      undefined,
    ],
    ['on a tie the greater content', rr('r', T0, 20), rr('r', T0, 21), 21],
    ['on a tie the later time', rr('r', T0 + 1, 10), rr('r', T0, 20), 10],
    ['a value over an older withdrawal', eventOf('RETRACTION', 'r', T0), rr('r', T0, 20, { version: 2 }), 20],
    [
      'a newer version without a value over an older with one',
      rr('r', T0, 20),
      eventOf('VITAL_SIGNS', 'r', T0, { version: 2 }),
      undefined,
    ],
  ])('%s', (_what, a, b, rate) => {
    expect(rateAfter([a, b])).toBe(rate);
    expect(rateAfter([b, a])).toBe(rate);
  });

  test('of many versions that tie, the same one counts in every order', () => {
    const ties = [10, 20, 21.5, 22, 300, 0].map((value, i) =>
      rr('r', T0 + (i % 2), value, { preliminary: i % 3 === 0 }),
    );
    const expected = rateAfter(ties);
    fc.assert(
      fc.property(fc.shuffledSubarray(ties, { minLength: ties.length }), (order) => {
        expect(rateAfter(order)).toBe(expected);
      }),
    );
  });

  test('where a record lies in the log and when it arrived never decide', () => {
    const early = rr('r', T0, 20, { origin: { topic: 'a', partition: 0, offset: 0 }, arrival: 1 });
    const late = rr('r', T0, 20, { origin: { topic: 'z', partition: 9, offset: 9 }, arrival: 2 });
    const journal = new Journal().addAll([early, late]);
    expect(journal.verdicts).toMatchObject([{ reason: 'superseded' }]);
  });
});

describe('a resource without an id', () => {
  const anonymous = (value: number): Json =>
    observation({ id: undefined, valueQuantity: quantity(value, '/min') });

  test('its copies are one, another value is another', async () => {
    const ids = await Promise.all(
      [anonymous(24), anonymous(24), anonymous(25)].map(async (r) => (await read(r)).event?.resourceId),
    );
    expect(ids[0]).toMatch(/^~[0-9a-f]{8}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  test('an empty id is none', async () => {
    expect((await read(observation({ id: '' }))).event?.resourceId).toMatch(/^~/);
  });
});
