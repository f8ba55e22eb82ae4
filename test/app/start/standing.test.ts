import { describe, expect, test } from 'vitest';
import { standingOf } from '../../../app/start/standing.ts';
import type { MeasurementKind } from '../../../operators/clinical/measurement.ts';
import { scorePatient } from '../../../operators/score-patient.ts';
import { type ScreeningRules, screeningRules } from '../../../operators/screening-rules.ts';
import type { ClinicalEvent } from '../../../schemas/generated/clinical-event.ts';

const HOUR = 3_600_000;
const T = Date.UTC(2026, 0, 5, 8);
const rules: ScreeningRules = screeningRules();

type Value = readonly [t: number, kind: MeasurementKind, value: number];

const event = ([time, kind, value]: Value, n: number): ClinicalEvent => ({
  kind: 'VITAL_SIGNS',
  patient: 'Patient/p',
  resourceType: 'OBSERVATION',
  resourceId: `o${n}`,
  versionRank: 'NONE',
  version: 0,
  time,
  timePrecision: 'INSTANT',
  localDate: null,
  preliminary: n === 1,
  measurements: [{ kind, value, unitAssumed: n === 0, code: 'c' }],
  text: null,
  encounter: null,
  encounterDetail: null,
  origin: { topic: 't', partition: 0, offset: n },
  arrival: time,
});

/** The state of the store after these values. */
function stateOf(...values: Value[]): Uint8Array {
  const fold = scorePatient(rules);
  let state: Uint8Array | undefined;
  for (const [n, value] of values.entries()) {
    const position = { topic: 'c', partition: 0, offset: n };
    const [next] = fold.step(state, { key: 'Patient/p', value: event(value, n), position, timestamp: T });
    state = next === undefined ? undefined : Uint8Array.from(next);
  }
  if (state === undefined) throw new Error('no state');
  return state;
}

describe('how a patient stands', () => {
  const state = stateOf(
    [T, 'RESPIRATORY_RATE', 24],
    [T + HOUR, 'SYSTOLIC_BP', 95],
    [T + 2 * HOUR, 'RESPIRATORY_RATE', 16],
  );

  test('the steps are the met intervals of the window, to the millisecond', () => {
    expect(standingOf(state, T + 2 * HOUR, rules).steps).toEqual([
      { t: T, score: 1 },
      { t: T + HOUR, score: 2 },
      { t: T + 6 * HOUR + 1, score: 1 },
      { t: T + 7 * HOUR + 1, score: 0 },
    ]);
  });

  test('a criterion counts exactly six hours later and not a millisecond more', () => {
    expect(standingOf(state, T + 6 * HOUR, rules).score).toBe(2);
    expect(standingOf(state, T + 6 * HOUR + 1, rules).score).toBe(1);
  });

  test('what lies ahead does not count yet', () => {
    expect(standingOf(state, T + HOUR - 1, rules).score).toBe(1);
  });

  test('the worst value decides, with its age and its marks', () => {
    expect(standingOf(state, T + 3 * HOUR, rules).met).toEqual([
      { criterion: 'RR', value: 24, unit: '/min', ageMs: 3 * HOUR, preliminary: false, unitAssumed: true },
      { criterion: 'SBP', value: 95, unit: 'mm[Hg]', ageMs: 2 * HOUR, preliminary: true, unitAssumed: false },
    ]);
  });

  test('a criterion without a value in the window is missing', () => {
    expect(standingOf(state, T + 3 * HOUR, rules).missing).toEqual(['GCS']);
    expect(standingOf(state, T + 8 * HOUR, rules).missing).toEqual(['GCS', 'SBP']);
  });

  test('mentation without a score is words', () => {
    const altered = stateOf([T, 'MENTATION', 1]);
    expect(standingOf(altered, T, rules).met).toMatchObject([
      { criterion: 'GCS', value: null, words: 'not alert' },
    ]);
    expect(standingOf(stateOf([T, 'GCS_TOTAL', 3]), T, rules).met).toMatchObject([
      { criterion: 'GCS', value: 3 },
    ]);
  });

  test('a patient with normal values alone is known to stand at 0', () => {
    const well = standingOf(stateOf([T, 'RESPIRATORY_RATE', 14]), T, rules);
    expect(well).toMatchObject({ score: 0, met: [], missing: ['GCS', 'SBP'], steps: [{ t: T, score: 0 }] });
  });

  test('values before the first abnormal one begin the line at 0', () => {
    const { steps } = standingOf(
      stateOf([T, 'RESPIRATORY_RATE', 14], [T + HOUR, 'RESPIRATORY_RATE', 30]),
      T,
      rules,
    );
    expect(steps.slice(0, 2)).toEqual([
      { t: T, score: 0 },
      { t: T + HOUR, score: 1 },
    ]);
  });
});
