import type { AuditEvent } from '../../../schemas/generated/audit-event.ts';
import type { ClinicalEvent } from '../../../schemas/generated/clinical-event.ts';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';

const T = Date.UTC(2026, 0, 5, 8);
const DAY = T / 86_400_000;
const origin = { topic: 'fhir.observation.vitals', partition: 3, offset: 4711 };

/** A respiratory rate as it passes by every second. */
export const vitalSigns: ClinicalEvent = {
  kind: 'VITAL_SIGNS',
  patient: 'https://ehr.example.org/fhir/Patient/p036',
  resourceType: 'OBSERVATION',
  resourceId: '0b8ff25c-3b60-4b6b-9a6e-4f3f2f1f7a10',
  versionRank: 'VERSION_ID',
  version: 2,
  time: T,
  timePrecision: 'INSTANT',
  localDate: Math.floor(DAY),
  preliminary: false,
  measurements: [{ kind: 'RESPIRATORY_RATE', value: 24.5, unitAssumed: false, code: '9279-1' }],
  text: null,
  encounter: 'https://ehr.example.org/fhir/Encounter/e036',
  encounterDetail: null,
  origin,
  arrival: T + 1500,
};

export const encounter: ClinicalEvent = {
  ...vitalSigns,
  kind: 'ENCOUNTER',
  resourceType: 'ENCOUNTER',
  versionRank: 'LAST_UPDATED',
  version: T,
  measurements: [],
  text: 'Überwachung',
  encounterDetail: {
    status: 'in-progress',
    class: 'EMER',
    start: T - 3_600_000,
    end: null,
    location: 'ED 4',
    partOf: null,
  },
};

export const tick: ClinicalEvent = {
  kind: 'TICK',
  patient: '',
  resourceType: 'UNKNOWN',
  resourceId: '',
  versionRank: 'NONE',
  version: 0,
  time: T,
  timePrecision: 'INSTANT',
  localDate: null,
  preliminary: false,
  measurements: [],
  text: null,
  encounter: null,
  encounterDetail: null,
  origin: { topic: 'fhir.observation.vitals', partition: 0, offset: 0 },
  arrival: null,
};

export const alert: SepsisAlert = {
  alertId: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  patient: vitalSigns.patient,
  encounter: vitalSigns.encounter,
  rule: 'qsofa',
  ruleVersion: '1',
  semantic: 'ANY',
  status: 'RAISED',
  reason: 'ONSET',
  survivorAlertId: null,
  score: 2,
  peak: 2,
  start: T,
  end: T + 21_600_001,
  windowStart: T - 21_600_000,
  windowEnd: T,
  history: [{ t: T, score: 2, met: ['RR', 'SBP'] }],
  historyDropped: 0,
  criteria: [
    {
      criterion: 'RR',
      met: true,
      value: 24.5,
      unit: '/min',
      time: T,
      ageMs: 0,
      observationId: vitalSigns.resourceId,
      preliminary: false,
      unitAssumed: false,
      code: '9279-1',
      evidence: [{ observationId: vitalSigns.resourceId, version: 2, time: T, value: 24.5, origin }],
    },
    {
      criterion: 'GCS',
      met: false,
      value: null,
      unit: '{score}',
      time: null,
      ageMs: null,
      observationId: null,
      preliminary: false,
      unitAssumed: false,
      code: null,
      evidence: [],
    },
  ],
  missing: ['GCS'],
  current: { score: 2, met: ['RR', 'SBP'] },
  suspectedInfection: {
    onsetDate: Math.floor(DAY) - 1,
    rule: 'CULTURE_THEN_ANTIBIOTIC',
    otherDate: Math.floor(DAY),
    antibiotic: 'ceftriaxone 1 g',
  },
  lactate: { value: 2.4, time: T - 60_000, observationId: 'lactate-1' },
  encounterDetail: { id: vitalSigns.encounter, class: 'EMER', start: T - 3_600_000, end: null, location: 'ED 4' },
  evidenceCapped: 0,
  eventTime: T,
  arrivalTime: T + 1500,
  processingTime: T + 1512,
  trigger: origin,
};

export const audit: AuditEvent = {
  id: 'audit-1',
  patientPseudonym: 'pseudonym-1',
  alertId: alert.alertId,
  decision: 'RAISED',
  reason: 'ONSET',
  actor: 'sepsis-streams',
  rule: 'qsofa',
  ruleVersion: '1',
  score: 2,
  peak: 2,
  eventTime: T,
  processingTime: T + 1512,
  evidence: [origin],
  survivorAlertId: null,
};
