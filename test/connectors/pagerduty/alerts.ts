import type { AlertRecord } from '../../../connectors/pagerduty/decided.ts';
import type { CriterionState, SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';

export const NOON: number = Date.UTC(2026, 0, 5, 12);
export const MINUTE = 60_000;
export const HOUR: number = 60 * MINUTE;

const UNITS = { GCS: '{score}', RR: '/min', SBP: 'mm[Hg]', UNKNOWN: '' } as const;

/** A criterion with the value that decides it; null: nobody measured it. */
export function criterion(name: 'GCS' | 'RR' | 'SBP', value: number | null, met: boolean): CriterionState {
  return {
    criterion: name,
    met,
    value,
    unit: UNITS[name],
    time: value === null ? null : NOON,
    ageMs: value === null ? null : 10 * MINUTE,
    observationId: value === null ? null : `Observation/${name}-1`,
    preliminary: false,
    unitAssumed: false,
    code: value === null ? null : '9279-1',
    evidence:
      met && value !== null
        ? [
            {
              observationId: `Observation/${name}-1`,
              version: 1,
              time: NOON,
              value,
              origin: { topic: 'fhir.observation.vitals', partition: 0, offset: 7 },
            },
          ]
        : [],
  };
}

/** An alert of a patient who breathes fast and has a low pressure, and whose mentation nobody looked at. */
export function alertOf(own: Partial<SepsisAlert> = {}): SepsisAlert {
  return {
    alertId: 'a1'.repeat(32),
    patient: 'https://ehr.example.org/fhir/Patient/p1',
    encounter: 'https://ehr.example.org/fhir/Encounter/e1',
    rule: 'qsofa',
    ruleVersion: '1.0.0',
    semantic: 'ANY',
    status: 'RAISED',
    reason: 'ONSET',
    survivorAlertId: null,
    score: 2,
    peak: 2,
    start: NOON,
    end: NOON + 6 * HOUR,
    windowStart: NOON - 6 * HOUR,
    windowEnd: NOON,
    history: [{ t: NOON, score: 2, met: ['RR', 'SBP'] }],
    historyDropped: 0,
    criteria: [criterion('GCS', null, false), criterion('RR', 24, true), criterion('SBP', 96, true)],
    missing: ['GCS'],
    current: { score: 2, met: ['RR', 'SBP'] },
    suspectedInfection: null,
    lactate: null,
    encounterDetail: {
      id: 'https://ehr.example.org/fhir/Encounter/e1',
      class: 'IMP',
      start: NOON - 48 * HOUR,
      end: null,
      location: '5 West, bed 12',
    },
    evidenceCapped: 0,
    eventTime: NOON,
    arrivalTime: NOON,
    processingTime: NOON,
    trigger: { topic: 'fhir.observation.vitals', partition: 0, offset: 8 },
    ...own,
  };
}

/** Hypotension: a systolic pressure of 84. */
export const LOW: Partial<SepsisAlert> = {
  criteria: [criterion('GCS', null, false), criterion('RR', 24, true), criterion('SBP', 84, true)],
};

export const lactateOf = (value: number, time: number = NOON): Partial<SepsisAlert> => ({
  lactate: { value, time, observationId: 'Observation/l1' },
});

export const escalated = (own: Partial<SepsisAlert> = {}): SepsisAlert =>
  alertOf({
    status: 'ESCALATED',
    reason: 'SCORE_RISE',
    score: 3,
    peak: 3,
    missing: [],
    criteria: [criterion('GCS', 13, true), criterion('RR', 24, true), criterion('SBP', 96, true)],
    ...own,
  });

export const updated = (own: Partial<SepsisAlert> = {}): SepsisAlert =>
  alertOf({ status: 'UPDATED', reason: 'EVIDENCE_CHANGED', ...own });

export const resolved = (own: Partial<SepsisAlert> = {}): SepsisAlert =>
  alertOf({ status: 'RESOLVED', reason: 'WINDOW_EMPTIED', ...own });

export const retracted = (own: Partial<SepsisAlert> = {}): SepsisAlert =>
  alertOf({ status: 'RETRACTED', reason: 'DATA_CORRECTED', score: 0, criteria: [], missing: [], ...own });

/** The alert as a record of the log, written a moment after it was made. */
export const recordOf = (alert: SepsisAlert, offset: number, timestamp: number = NOON): AlertRecord => ({
  topic: 'clinical.alerts.sepsis',
  partition: 0,
  offset,
  timestamp,
  key: alert.patient,
  value: alert,
});
