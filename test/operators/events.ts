import type {
  ClinicalEvent,
  ClinicalEventKind,
  Measurement,
  MeasurementKind,
} from '../../schemas/generated/clinical-event.ts';

export const MINUTE = 60_000;
export const HOUR: number = 60 * MINUTE;
export const DAY: number = 24 * HOUR;
/** Midnight of a day in the tests' calendar: 2026-01-05T00:00:00Z. */
export const T0: number = Date.UTC(2026, 0, 5);
export const PATIENT = 'https://ehr.example.org/fhir/Patient/p1';

export type More = Partial<ClinicalEvent>;

/** An event as the reading of a resource makes it: version 1 by `versionId`, of one patient. */
export function event(
  kind: ClinicalEventKind,
  id: string,
  time: number | null,
  more: More = {},
): ClinicalEvent {
  return {
    kind,
    patient: PATIENT,
    resourceType: 'OBSERVATION',
    resourceId: id,
    versionRank: 'VERSION_ID',
    version: 1,
    time,
    timePrecision: time === null ? 'UNKNOWN' : 'INSTANT',
    localDate: null,
    preliminary: false,
    measurements: [],
    text: null,
    encounter: null,
    encounterDetail: null,
    origin: { topic: 'fhir.observation.vitals', partition: 0, offset: 0 },
    arrival: null,
    ...more,
  };
}

const CODE: Readonly<Partial<Record<MeasurementKind, string>>> = {
  RESPIRATORY_RATE: '9279-1',
  SYSTOLIC_BP: '8480-6',
  GCS_TOTAL: '9269-2',
  GCS_EYE: '9267-6',
  GCS_VERBAL: '9270-0',
  GCS_MOTOR: '9268-4',
  GCS_UNTESTABLE: '55285-1',
  MENTATION: '80288-4',
  LACTATE: '2524-7',
};

export const measurement = (kind: MeasurementKind, value: number, unitAssumed = false): Measurement => ({
  kind,
  value,
  unitAssumed,
  code: CODE[kind] ?? '',
});

/** A vital sign with one value of any kind. */
export const vital = (
  kind: MeasurementKind,
  id: string,
  time: number,
  value: number,
  more: More = {},
): ClinicalEvent => event('VITAL_SIGNS', id, time, { measurements: [measurement(kind, value)], ...more });

type Vital = (id: string, time: number, value: number, more?: More) => ClinicalEvent;

export const rr: Vital = (id, time, value, more) => vital('RESPIRATORY_RATE', id, time, value, more);
export const sbp: Vital = (id, time, value, more) => vital('SYSTOLIC_BP', id, time, value, more);
export const gcs: Vital = (id, time, value, more) => vital('GCS_TOTAL', id, time, value, more);
export const mentation: Vital = (id, time, value, more) => vital('MENTATION', id, time, value, more);

/** A version that counts for nothing; version 2 unless told otherwise. */
export const retraction = (id: string, time: number | null, more: More = {}): ClinicalEvent =>
  event('RETRACTION', id, time, { version: 2, ...more });

export const lactate: Vital = (id, time, value, more) =>
  event('LACTATE', id, time, { measurements: [measurement('LACTATE', value)], ...more });

const dayOf = (time: number): number => Math.floor(time / DAY);

export const culture = (id: string, time: number, more: More = {}): ClinicalEvent =>
  event('CULTURE', id, time, { localDate: dayOf(time), text: 'Blood culture', ...more });

export const antibiotic = (id: string, time: number, more: More = {}): ClinicalEvent =>
  event('ANTIBIOTIC', id, time, {
    resourceType: 'MEDICATION_REQUEST',
    localDate: dayOf(time),
    text: 'Ceftriaxone',
    ...more,
  });

/** An encounter of class EMER from `start` to `end` (null: it lasts). */
export const encounter = (id: string, start: number, end: number | null, more: More = {}): ClinicalEvent =>
  event('ENCOUNTER', id, start, {
    resourceType: 'ENCOUNTER',
    encounter: `https://ehr.example.org/fhir/Encounter/${id}`,
    encounterDetail: { status: 'in-progress', class: 'EMER', start, end, location: 'ED 4', partOf: null },
    ...more,
  });
