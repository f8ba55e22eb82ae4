import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openBlock } from '../../operators/patient-window/block.ts';
import { factsOf } from '../../operators/patient-window/explain.ts';
import { CONTEXT, sectionLength } from '../../operators/patient-window/tail.ts';
import type { ClinicalEvent } from '../../schemas/generated/clinical-event.ts';
import { hours, unlimited } from '../../topology/model/time.ts';
import { bruteForce, factsOfEvents } from './brute-force.ts';
import {
  antibiotic,
  culture,
  encounter,
  event,
  gcs,
  HOUR,
  lactate,
  MINUTE,
  retraction,
  rr,
  sbp,
  T0,
} from './events.ts';
import { episodesOf, folded, Journal } from './journal.ts';

const facts = (journal: Journal) =>
  journal.window === undefined ? [] : factsOf(journal.window, journal.rules.rule);
const Y1938 = Date.UTC(1938, 6, 1);
const Y2102 = Date.UTC(2102, 6, 1);

/** Anything of any kind at any time under one of few ids, as a broken feed might send it. */
const anything: fc.Arbitrary<ClinicalEvent> = fc
  .record({
    make: fc.constantFrom(
      rr,
      sbp,
      gcs,
      lactate,
      (id: string, t: number) => retraction(id, t),
      (id: string) => retraction(id, null),
      (id: string, t: number) => culture(id, t),
      (id: string, t: number) => antibiotic(id, t),
      (id: string, t: number) => encounter(id, t, null),
    ),
    id: fc.constantFrom(
      'a',
      'b',
      'c',
      '',
      'é'.repeat(80),
      'abcdefghijklmnop',
      '61626364-6566-6768-696a-6b6c6d6e6f70',
    ),
    time: fc.oneof(
      fc.nat({ max: 40 }).map((hour) => T0 + hour * HOUR),
      fc.constantFrom(Y1938, Y2102, 0, -1, -(2 ** 46)),
    ),
    value: fc.constantFrom(0.1, 12, 30, 80, 130, 1e-9),
    version: fc.nat({ max: 3 }),
    rank: fc.constantFrom('NONE' as const, 'ISSUED' as const, 'LAST_UPDATED' as const, 'VERSION_ID' as const),
  })
  .map(({ make, id, time, value, version, rank }) => make(id, time, value, { version, versionRank: rank }));

describe('feeds that nobody should send', () => {
  test('anything in any order neither throws nor writes a record that does not hold together', () => {
    fc.assert(
      fc.property(
        fc.array(anything, { maxLength: 60 }),
        fc.constantFrom(hours(0), hours(1), hours(24), unlimited),
        fc.constantFrom(3, 1_000),
        (events, lateness, most) => {
          const journal = new Journal({ lateness, cap: { met: most, ids: most } });
          for (const [i, one] of events.entries()) {
            journal.add(one);
            if (i % 7 === 0) journal.tick(T0 + i * HOUR);
          }
          for (const alert of journal.alerts) {
            for (const number of [
              alert.start,
              alert.end,
              alert.windowStart,
              alert.windowEnd,
              alert.eventTime,
              alert.evidenceCapped,
            ]) {
              expect(Number.isSafeInteger(number)).toBe(true);
            }
            expect(alert.end).toBeGreaterThan(alert.start);
            expect(alert.peak).toBeGreaterThanOrEqual(2);
          }
          const held = journal.held?.held.map(({ alert }) => alert.alertId) ?? [];
          expect(new Set(held).size).toBe(held.length);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('1938 and 2102 in one patient are two times, not an overflow', () => {
    const events = [Y2102, Y1938, -1, 0].flatMap((t, i) => [rr(`r${i}`, t, 30), sbp(`s${i}`, t + HOUR, 80)]);
    const journal = new Journal({ lateness: unlimited }).addAll(events);
    expect(episodesOf(journal.alerts)).toEqual(bruteForce(factsOfEvents(events), 6 * HOUR, 'any'));
  });

  test('thousands of facts at one instant are one instant', () => {
    const journal = new Journal({ lateness: unlimited });
    for (let i = 0; i < 1_500; i++) journal.add(i % 2 === 0 ? rr(`r${i}`, T0, 30) : gcs(`g${i}`, T0, 15));
    expect(journal.alerts).toEqual([]);
    journal.add(sbp('s', T0, 80));
    expect(folded(journal.alerts)).toMatchObject([{ start: T0, end: T0 + 6 * HOUR + 1, peak: 2 }]);
  });

  test('everything withdrawn leaves nothing: no episode, no fact, no alert that is not retracted', () => {
    const all = Array.from({ length: 60 }, (_, i) =>
      (i % 2 === 0 ? rr : sbp)(`o${i}`, T0 + i * 20 * MINUTE, i % 2 === 0 ? 30 : 80),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (order) => {
        const journal = new Journal()
          .addAll(all)
          .addAll(order.map(({ resourceId, time }) => retraction(resourceId, time)));
        expect(facts(journal)).toEqual([]);
        expect(folded(journal.alerts)).toEqual([]);
        expect(journal.held).toBeUndefined();
        expect(journal.addAll(all).alerts.at(-1)?.status).toBe('RETRACTED');
      }),
      { numRuns: 20 },
    );
  });

  test('a withdrawn lactate with the id of a vital sign takes both: one id is one Observation', () => {
    const journal = new Journal().addAll([rr('x', T0, 30), lactate('x', T0, 4), sbp('s', T0, 80)]);
    expect(folded(journal.alerts)).toHaveLength(1);
    journal.add(retraction('x', T0));
    expect(folded(journal.alerts)).toEqual([]);
  });

  test('a withdrawn encounter or order with the id of a vital sign takes neither', () => {
    const journal = new Journal().addAll([
      rr('x', T0, 30),
      sbp('s', T0, 80),
      encounter('x', T0, null),
      antibiotic('x', T0),
    ]);
    journal.addAll([
      retraction('x', T0, { resourceType: 'ENCOUNTER' }),
      retraction('x', T0, { resourceType: 'MEDICATION_REQUEST' }),
    ]);
    expect(folded(journal.alerts)).toHaveLength(1);
  });

  test('a kind of a newer schema, and a tick with a key, are ignored and counted', () => {
    const journal = new Journal().addAll([event('UNKNOWN', 'x', T0), event('TICK', 'x', T0)]);
    expect(journal.verdicts.map(({ reason }) => reason)).toEqual(['unknown-kind', 'unknown-kind']);
    expect(journal.window).toBeUndefined();
  });

  test('every vital sign announced as registered first costs the patient no more than its entries', () => {
    const journal = new Journal().addAll([culture('c', T0), lactate('l', T0, 3)]);
    for (let i = 0; i < 1_000; i++) {
      const t = T0 + i * MINUTE;
      journal.addAll([event('VITAL_SIGNS', `v${i}`, t, { version: 1 }), rr(`v${i}`, t, 30, { version: 2 })]);
    }
    const block = openBlock(journal.window ?? new Uint8Array());
    expect(block.entryCount).toBe(1_000);
    expect(sectionLength(block, CONTEXT)).toBeLessThan(1_000);
  });

  test('a patient with a thousand cultures and a thousand orders has one suspected infection', () => {
    const journal = new Journal({ lateness: unlimited });
    for (let i = 0; i < 1_000; i++) journal.addAll([culture(`c${i}`, T0 + i), antibiotic(`a${i}`, T0 + i)]);
    journal.addAll([rr('r', T0, 30), sbp('s', T0, 80)]);
    expect(folded(journal.alerts)).toMatchObject([{ suspectedInfection: { antibiotic: 'Ceftriaxone' } }]);
  });

  test('a reference to an encounter that is too long to keep is left out, whole', () => {
    const journal = new Journal().addAll([
      rr('r', T0, 30, { encounter: `Encounter/${'é'.repeat(200)}` }),
      sbp('s', T0, 80),
    ]);
    expect(folded(journal.alerts)).toMatchObject([{ encounter: null }]);
  });
});
