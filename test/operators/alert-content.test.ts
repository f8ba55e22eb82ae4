import { describe, expect, test } from 'vitest';
import { qsofa } from '../../operators/clinical/qsofa.ts';
import type { CriterionState, SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import {
  antibiotic,
  culture,
  DAY,
  encounter,
  event,
  gcs,
  HOUR,
  lactate,
  measurement,
  mentation,
  retraction,
  rr,
  sbp,
  T0,
} from './events.ts';
import { Journal } from './journal.ts';

const open = [rr('r', T0, 30), sbp('s', T0 + HOUR, 80)];
const last = (journal: Journal): SepsisAlert => {
  const alert = journal.alerts.at(-1);
  if (alert === undefined) throw new Error('no alert was written');
  return alert;
};
const criterion = (alert: SepsisAlert, name: string): CriterionState | undefined =>
  alert.criteria.find((c) => c.criterion === name);

describe('what an alert says', () => {
  test('each criterion: value, unit, time, age, Observation, code and where its record lies', () => {
    const origin = { topic: 'fhir.observation.labs', partition: 7, offset: 2 ** 40 };
    const alert = last(
      new Journal().addAll([rr('r', T0, 24.5, { origin, version: 3 }), sbp('s', T0 + HOUR, 80)]),
    );
    expect(criterion(alert, 'RR')).toEqual({
      criterion: 'RR',
      met: true,
      value: 24.5,
      unit: '/min',
      time: T0,
      ageMs: HOUR,
      observationId: 'r',
      preliminary: false,
      unitAssumed: false,
      code: '9279-1',
      evidence: [{ observationId: 'r', version: 3, time: T0, value: 24.5, origin }],
    });
    expect(criterion(alert, 'SBP')).toMatchObject({ met: true, value: 80, unit: 'mm[Hg]', ageMs: 0 });
    expect(criterion(alert, 'GCS')).toMatchObject({ met: false, value: null, unit: '{score}', evidence: [] });
  });

  test('which inputs are missing, which is not the same as normal', () => {
    expect(last(new Journal().addAll(open)).missing).toEqual(['GCS']);
    expect(last(new Journal().addAll([...open, gcs('g', T0 + HOUR, 15)])).missing).toEqual([]);
  });

  test('an input is missing again when its value has left the window', () => {
    const journal = new Journal().addAll([gcs('g', T0 - 5 * HOUR, 15), ...open]);
    expect(last(journal).missing).toEqual([]);
    expect(last(journal.addAll([rr('x', T0 + 2 * HOUR, 30)])).missing).toEqual(['GCS']);
  });

  test('the current score by latest values beside the score of the window', () => {
    const alert = last(new Journal().addAll([...open, rr('n', T0 + 2 * HOUR, 16)]));
    expect(alert).toMatchObject({ score: 2, current: { score: 1, met: ['SBP'] } });
    expect(criterion(alert, 'RR')).toMatchObject({ met: true, value: 30 });
  });

  test('by the latest values, with the semantic LATEST, a normal value ends the episode', () => {
    const journal = new Journal({ rule: { ...qsofa, semantic: 'latest' } }).addAll([
      ...open,
      rr('n', T0 + 2 * HOUR, 16),
    ]);
    expect(last(journal)).toMatchObject({ semantic: 'LATEST', status: 'RESOLVED', end: T0 + 2 * HOUR });
  });

  test('the most abnormal value decides, of equals the newest', () => {
    const alert = last(
      new Journal().addAll([
        ...open,
        rr('a', T0 + HOUR, 40),
        rr('b', T0 + 2 * HOUR, 40),
        rr('c', T0 + 3 * HOUR, 23),
      ]),
    );
    expect(criterion(alert, 'RR')).toMatchObject({ value: 40, observationId: 'b' });
    expect(criterion(alert, 'RR')?.evidence.map(({ observationId }) => observationId)).toEqual([
      'r',
      'a',
      'b',
      'c',
    ]);
  });

  test('a value that may still change, and a unit that was assumed', () => {
    const assumed = event('VITAL_SIGNS', 's', T0, { measurements: [measurement('SYSTOLIC_BP', 80, true)] });
    const alert = last(new Journal().addAll([rr('r', T0, 30, { preliminary: true }), assumed]));
    expect(criterion(alert, 'RR')).toMatchObject({ preliminary: true, unitAssumed: false });
    expect(criterion(alert, 'SBP')).toMatchObject({ preliminary: false, unitAssumed: true });
  });

  test('a preliminary value that becomes final is an update', () => {
    const journal = new Journal().addAll([
      rr('r', T0, 30, { preliminary: true }),
      sbp('s', T0, 80),
      rr('r', T0, 30, { version: 2 }),
    ]);
    expect(last(journal).status).toBe('UPDATED');
    expect(criterion(last(journal), 'RR')).toMatchObject({ preliminary: false });
  });

  test('mentation by ACVPU is reported as GCS with its own code', () => {
    const alert = last(new Journal().addAll([rr('r', T0, 30), mentation('m', T0, 1)]));
    expect(criterion(alert, 'GCS')).toMatchObject({ met: true, value: 1, code: '80288-4' });
    expect(alert.missing).toEqual(['SBP']);
  });

  test('suspected infection, as soon as it is known', () => {
    const journal = new Journal().addAll([...open, culture('c', T0 - HOUR)]);
    expect(last(journal).suspectedInfection).toBeNull();
    journal.add(antibiotic('a', T0 + HOUR));
    expect(last(journal)).toMatchObject({
      status: 'UPDATED',
      suspectedInfection: {
        onsetDate: (T0 - DAY) / DAY,
        otherDate: T0 / DAY,
        rule: 'CULTURE_THEN_ANTIBIOTIC',
        antibiotic: 'Ceftriaxone',
      },
    });
    journal.add(retraction('a', T0, { resourceType: 'MEDICATION_REQUEST' }));
    expect(last(journal).suspectedInfection).toBeNull();
  });

  test('the newest lactate, and the one before when it is withdrawn', () => {
    const journal = new Journal().addAll([
      ...open,
      lactate('l2', T0 + 2 * HOUR, 4.1),
      lactate('l1', T0, 2.2),
    ]);
    expect(last(journal).lactate).toEqual({ value: 4.1, time: T0 + 2 * HOUR, observationId: 'l2' });
    expect(last(journal.addAll([retraction('l2', null)])).lactate).toMatchObject({ observationId: 'l1' });
  });

  test('the encounter of the newest vital sign, until the encounter itself is known', () => {
    const reference = 'https://ehr.example.org/fhir/Encounter/e1';
    const journal = new Journal().addAll([
      rr('r', T0, 30, { encounter: 'https://ehr.example.org/fhir/Encounter/e0' }),
      sbp('s', T0 + HOUR, 80, { encounter: reference }),
    ]);
    expect(last(journal)).toMatchObject({ encounter: reference, encounterDetail: null });
    journal.add(encounter('e1', T0 - HOUR, null));
    expect(last(journal)).toMatchObject({
      encounter: reference,
      encounterDetail: { id: reference, class: 'EMER', start: T0 - HOUR, end: null, location: 'ED 4' },
    });
  });

  test("the encounter that covers the patient's time, not one that is over", () => {
    const journal = new Journal().addAll([
      encounter('e2', T0 - HOUR, null),
      encounter('e1', T0 - 3 * HOUR, T0 - 2 * HOUR),
      ...open,
    ]);
    expect(last(journal).encounter).toBe('https://ehr.example.org/fhir/Encounter/e2');
  });

  test('rule, version, event time, arrival, writing time and the record that caused it', () => {
    const journal = new Journal().addAll(open.slice(0, 1));
    const origin = { topic: 'fhir.observation.vitals', partition: 2, offset: 9 };
    journal.add(sbp('s', T0 + HOUR, 80, { arrival: T0 + 2 * HOUR, origin }), T0 + 3 * HOUR);
    expect(last(journal)).toMatchObject({
      rule: 'qsofa',
      ruleVersion: '1',
      semantic: 'ANY',
      eventTime: T0 + HOUR,
      windowStart: T0 - 5 * HOUR,
      windowEnd: T0 + HOUR,
      arrivalTime: T0 + 2 * HOUR,
      processingTime: T0 + 3 * HOUR,
      trigger: origin,
      evidenceCapped: 0,
    });
  });

  test('of a value a minute the newest sixteen are named as evidence', () => {
    const rates = Array.from({ length: 40 }, (_, i) => rr(`r${i}`, T0 + i, 30));
    const alert = last(new Journal().addAll([...rates, sbp('s', T0 + 50, 80)]));
    expect(criterion(alert, 'RR')?.evidence.map(({ observationId }) => observationId)).toEqual(
      Array.from({ length: 16 }, (_, i) => `r${24 + i}`),
    );
  });
});
