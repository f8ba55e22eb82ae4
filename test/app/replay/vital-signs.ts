/** FHIR Observations for the inputs of replays, as JSON. */

type Resource = Record<string, unknown>;

const LOINC = 'http://loinc.org';

const observation = (
  id: string,
  code: string,
  time: string,
  value: number,
  unit: string,
  more: Resource,
): string =>
  JSON.stringify({
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { coding: [{ system: LOINC, code }] },
    subject: { reference: 'Patient/p1' },
    effectiveDateTime: time,
    valueQuantity: { value, unit, system: 'http://unitsofmeasure.org', code: unit },
    ...more,
  });

export const respiratoryRate = (id: string, time: string, value: number, more: Resource = {}): string =>
  observation(id, '9279-1', time, value, '/min', more);

export const systolic = (id: string, time: string, value: number, more: Resource = {}): string =>
  observation(id, '8480-6', time, value, 'mm[Hg]', more);

export const gcs = (id: string, time: string, value: number, more: Resource = {}): string =>
  observation(id, '9269-2', time, value, '{score}', more);

/** One line of a recording. */
export const recorded = (offset: number, value: string | null, more: Resource = {}): string =>
  JSON.stringify({
    topic: 'fhir.observation.vitals',
    key: null,
    offset,
    arrival: '2026-01-05T12:00:00Z',
    value,
    ...more,
  });
