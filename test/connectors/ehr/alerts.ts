import { markOf } from '../../../connectors/ehr/alert-record.ts';
import type { Way } from '../../../connectors/ehr/capability.ts';
import { type Entry, entriesOf, type Writing } from '../../../connectors/ehr/entries.ts';
import type { Plan } from '../../../connectors/ehr/plan.ts';
import type { ResourceType } from '../../../connectors/ehr/shape.ts';
import type { SinkRecord } from '../../../connectors/sink/sink.ts';
import type { CriterionState, SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';

export const T: number = Date.UTC(2026, 0, 5, 8);
const HOUR = 3_600_000;
export const BASE = 'https://ehr.example.org/fhir';

const UNIT = { RR: '/min', SBP: 'mm[Hg]', GCS: '{score}', UNKNOWN: '' } as const;

/** A criterion with a value, `age` hours old at T. */
export function valued(
  criterion: CriterionState['criterion'],
  value: number,
  met: boolean,
  age: number,
  own: Partial<CriterionState> = {},
): CriterionState {
  const id = `obs-${criterion.toLowerCase()}`;
  const time = T - age * HOUR;
  const origin = { topic: 'fhir.observation.vitals', partition: 3, offset: 4_711 + age };
  return {
    criterion,
    met,
    value,
    unit: UNIT[criterion],
    time,
    ageMs: T - time,
    observationId: id,
    preliminary: false,
    unitAssumed: false,
    code: null,
    evidence: met ? [{ observationId: id, version: 1, time, value, origin }] : [],
    ...own,
  };
}

export const absent = (criterion: CriterionState['criterion']): CriterionState =>
  valued(criterion, 0, false, 0, { value: null, time: null, ageMs: null, observationId: null });

/** An episode that begins, with all three inputs known. */
export const raised: SepsisAlert = {
  alertId: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  patient: `${BASE}/Patient/p036`,
  encounter: `${BASE}/Encounter/e036`,
  rule: 'qsofa',
  ruleVersion: '1',
  semantic: 'ANY',
  status: 'RAISED',
  reason: 'ONSET',
  survivorAlertId: null,
  score: 2,
  peak: 2,
  start: T,
  end: T + 6 * HOUR + 1,
  windowStart: T - 6 * HOUR,
  windowEnd: T,
  history: [{ t: T, score: 2, met: ['RR', 'SBP'] }],
  historyDropped: 0,
  criteria: [valued('RR', 24.5, true, 0), valued('SBP', 96, true, 1), valued('GCS', 15, false, 2)],
  missing: [],
  current: { score: 2, met: ['RR', 'SBP'] },
  suspectedInfection: null,
  lactate: null,
  encounterDetail: null,
  evidenceCapped: 0,
  eventTime: T,
  arrivalTime: T + 1_500,
  processingTime: T + 1_600,
  trigger: { topic: 'fhir.observation.vitals', partition: 3, offset: 4_712 },
};

/** Every kind of alert that can be written back, by the name of its golden file. */
export const KINDS: Readonly<Record<string, SepsisAlert>> = {
  raised,
  escalated: {
    ...raised,
    status: 'ESCALATED',
    reason: 'SCORE_RISE',
    score: 3,
    peak: 3,
    criteria: [valued('RR', 28, true, 0), valued('SBP', 88, true, 1), valued('GCS', 13, true, 0)],
    current: { score: 3, met: ['GCS', 'RR', 'SBP'] },
    processingTime: T + HOUR,
  },
  updated: {
    ...raised,
    status: 'UPDATED',
    reason: 'EVIDENCE_CHANGED',
    encounter: null,
    current: { score: 1, met: ['SBP'] },
    evidenceCapped: 12,
    processingTime: T + 2 * HOUR,
  },
  resolved: {
    ...raised,
    status: 'RESOLVED',
    reason: 'WINDOW_EMPTIED',
    score: 1,
    windowStart: T + 1,
    windowEnd: T + 6 * HOUR + 1,
    criteria: [valued('RR', 18, false, -5), valued('SBP', 99, true, -1), valued('GCS', 15, false, -3)],
    current: { score: 1, met: ['SBP'] },
    processingTime: T + 7 * HOUR,
  },
  retracted: {
    ...raised,
    status: 'RETRACTED',
    reason: 'DATA_CORRECTED',
    score: 0,
    criteria: [],
    current: { score: 0, met: [] },
    processingTime: T + 3 * HOUR,
  },
  merged: {
    ...raised,
    status: 'RETRACTED',
    reason: 'MERGED',
    survivorAlertId: 'f'.repeat(64),
    score: 0,
    criteria: [],
    current: { score: 0, met: [] },
    processingTime: T + 3 * HOUR,
  },
  missing: {
    ...raised,
    criteria: [valued('RR', 24.5, true, 0), valued('SBP', 96, true, 1), absent('GCS')],
    missing: ['GCS'],
  },
  preliminary: {
    ...raised,
    criteria: [
      valued('RR', 24.5, true, 0, { preliminary: true }),
      valued('SBP', 99.76, true, 1, { unitAssumed: true }),
      absent('GCS'),
    ],
    missing: ['GCS'],
  },
  acvpu: {
    ...raised,
    criteria: [valued('RR', 24.5, true, 0), absent('SBP'), valued('GCS', 1, true, 1, { code: '80288-4' })],
    missing: ['SBP'],
  },
};

export const recordOf = (alert: SepsisAlert, offset = 17): SinkRecord<SepsisAlert> => ({
  topic: 'clinical.alerts.sepsis',
  partition: 3,
  offset,
  timestamp: alert.processingTime,
  key: alert.patient,
  value: alert,
});

export const ALL: readonly ResourceType[] = ['Observation', 'RiskAssessment', 'Flag', 'Provenance'];

export const planWith = (way: Way, types: readonly ResourceType[] = ALL): Plan => ({
  ways: new Map(types.map((type) => [type, way])),
  transaction: types.length > 1,
});

/** What is written of an alert to a server that holds nothing of it. */
export const entriesFor = (alert: SepsisAlert, own: Partial<Writing> = {}): readonly Entry[] =>
  entriesOf({
    alert,
    mark: markOf(recordOf(alert)),
    plan: planWith('client-id'),
    held: new Map(),
    referring: { bases: [BASE], unheld: new Set() },
    base: BASE,
    ...own,
  });
