import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  contextFactOf,
  encounterOf,
  lastLactate,
  type PatientContext,
  readContext,
  suspectedInfection,
  withFact,
  withoutOld,
  writeContext,
} from '../../../operators/patient-window/context-facts.ts';
import type { ClinicalEvent } from '../../../schemas/generated/clinical-event.ts';
import { asRead } from '../as-read.ts';
import { antibiotic, culture, DAY, encounter, event, HOUR, lactate, retraction, rr, T0 } from '../events.ts';

const EMPTY: PatientContext = { facts: [], past: null };
const holding = (events: readonly ClinicalEvent[], from: PatientContext = EMPTY): PatientContext =>
  events.reduce((context, of) => {
    const fact = contextFactOf(of);
    return fact === undefined ? context : readContext(writeContext(asRead(withFact(context, fact))));
  }, from);
const day = T0 / DAY;

describe('facts that are no vital signs', () => {
  test('any order of versions, copies and withdrawals holds the same', () => {
    const all = [
      lactate('l', T0, 2),
      lactate('l', T0, 3, { version: 2 }),
      lactate('m', T0, 4),
      lactate('m', T0, 5),
      retraction('l', null, { version: 1 }),
      culture('c', T0),
      retraction('c', T0),
      antibiotic('a', T0),
      antibiotic('a', T0 + HOUR),
      encounter('e', T0, null),
      encounter('e', T0, T0 + HOUR, { version: 2 }),
      encounter('f', T0 - HOUR, T0),
    ];
    const expected = holding(all);
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...all, ...all.slice(0, 4)], { minLength: all.length + 4 }),
        (order) => {
          expect(holding(order)).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
    expect(lastLactate(expected)).toMatchObject({ id: 'OBSERVATION/m', value: 5 });
  });

  test('a copy, and an older version, change nothing', () => {
    const context = holding([lactate('l', T0, 3, { version: 2 })]);
    for (const of of [lactate('l', T0, 3, { version: 2 }), lactate('l', T0, 9)]) {
      const fact = contextFactOf(of);
      expect(fact === undefined ? undefined : withFact(context, fact)).toBe(context);
    }
  });

  test('a vital sign is none, and a lactate without a value counts for nothing', () => {
    expect(contextFactOf(rr('r', T0, 30))).toBeUndefined();
    expect(contextFactOf(event('VITAL_SIGNS', 'r', T0))).toBeUndefined();
    expect(contextFactOf(event('LACTATE', 'l', T0))?.kind).toBe('X');
  });

  test('resources of two types with one id are two', () => {
    expect(holding([culture('x', T0), antibiotic('x', T0), encounter('x', T0, null)]).facts).toHaveLength(3);
  });

  test('the newest pair is the suspected infection, whatever came first', () => {
    const all = [
      culture('c1', T0 - 9 * DAY),
      antibiotic('a1', T0 - 9 * DAY),
      culture('c2', T0),
      antibiotic('a2', T0 + DAY, { text: 'Cefepime' }),
      antibiotic('a3', T0 + DAY, { text: 'Zosyn' }),
    ];
    for (const order of [all, all.toReversed()]) {
      expect(suspectedInfection(holding(order))).toEqual({
        onsetDay: day,
        otherDay: day + 1,
        rule: 'CULTURE_THEN_ANTIBIOTIC',
        antibiotic: 'Zosyn',
      });
    }
    expect(suspectedInfection(holding([culture('c', T0)]))).toBeUndefined();
  });

  test('dates are compared as dates', () => {
    const dated = (of: ClinicalEvent): ClinicalEvent => ({ ...of, timePrecision: 'DATE' });
    expect(
      suspectedInfection(holding([dated(culture('c', T0)), antibiotic('a', T0 + 3 * DAY + 23 * HOUR)])),
    ).toMatchObject({ onsetDay: day });
    expect(
      suspectedInfection(holding([culture('c', T0), antibiotic('a', T0 + 3 * DAY + 23 * HOUR)])),
    ).toBeUndefined();
  });

  test('old facts go, but the latest encounter stays and so does the infection that they made', () => {
    const context = holding([
      encounter('e0', T0 - 9 * DAY, T0 - 8 * DAY),
      encounter('e1', T0 - 7 * DAY, null),
      culture('c', T0 - 6 * DAY),
      antibiotic('a', T0 - 6 * DAY),
      lactate('l', T0, 2),
    ]);
    const kept = withoutOld(context, T0 - 4 * DAY);
    expect(kept.facts.map(({ id }) => id)).toEqual(['ENCOUNTER/e1', 'OBSERVATION/l']);
    expect(suspectedInfection(kept)).toEqual(suspectedInfection(context));
    expect(withoutOld(kept, T0 - 4 * DAY)).toBe(kept);
  });

  test('a withdrawal without a time is no reason to forget anything', () => {
    const context = holding([retraction('x', null), culture('c', T0)]);
    expect(withoutOld(context, T0)).toBe(context);
  });

  test('a feed gone wild holds 4,096 facts and its newest lactate', () => {
    const facts = Array.from({ length: 5_000 }, (_, i) => contextFactOf(lactate(`l${i}`, T0 + i, 2))).filter(
      (fact) => fact !== undefined,
    );
    const kept = withoutOld({ facts, past: null }, Number.NEGATIVE_INFINITY);
    expect(kept.facts).toHaveLength(4_096);
    expect(lastLactate(kept)?.id).toBe('OBSERVATION/l4999');
  });

  test('the encounter that covers the time, of several the one that began last, else the next to begin', () => {
    const context = holding([
      encounter('stay', T0, null),
      encounter('icu', T0 + HOUR, T0 + 3 * HOUR),
      encounter('next', T0 + 9 * HOUR, null),
    ]);
    expect(
      [T0 - 1, T0, T0 + HOUR, T0 + 3 * HOUR - 1, T0 + 3 * HOUR].map((t) => encounterOf(context, t, t)?.id),
    ).toEqual(['stay', 'stay', 'icu', 'icu', 'stay'].map((id) => `ENCOUNTER/${id}`));
    expect(encounterOf(EMPTY, T0, T0)).toBeUndefined();
  });

  test('behind a discharge it is the one that the episode began in, and never one that was over before', () => {
    const context = holding([encounter('stay', T0, T0 + 3 * HOUR)]);
    expect(encounterOf(context, T0 + 2 * HOUR, T0 + 4 * HOUR)?.id).toBe('ENCOUNTER/stay');
    expect(encounterOf(context, T0 + 3 * HOUR, T0 + 4 * HOUR)).toBeUndefined();
  });

  test('what began long ago and is not over stays beside what began since', () => {
    const context = holding([
      encounter('stay', T0 - 9 * DAY, null),
      encounter('visit', T0 - 8 * DAY, T0 - 7 * DAY),
      encounter('ward', T0 - 7 * DAY, T0 - DAY),
      encounter('mri', T0, T0 + HOUR),
    ]);
    const kept = withoutOld(context, T0 - 4 * DAY);
    expect(kept.facts.map(({ id }) => id)).toEqual(['stay', 'ward', 'mri'].map((id) => `ENCOUNTER/${id}`));
    expect(encounterOf(kept, T0 + 2 * HOUR, T0 + 2 * HOUR)?.id).toBe('ENCOUNTER/stay');
  });

  test('of those that nobody ends the sixteen that began last stay', () => {
    const many = Array.from({ length: 40 }, (_, i) => encounter(`e${10 + i}`, T0 - 9 * DAY + i, null));
    const kept = withoutOld(holding(many), T0);
    expect(kept.facts.map(({ id }) => id)).toEqual(
      Array.from({ length: 16 }, (_, i) => `ENCOUNTER/e${34 + i}`),
    );
  });
});
