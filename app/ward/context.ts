import type { Encounter, MedicationRequest, Observation } from 'fhir/r4.js';
import { HOUR, instantIn, MINUTE } from './clock.ts';
import { type Code, frameOf, UCUM } from './frame.ts';
import type { WardPatient } from './patient.ts';
import type { FhirTopic, WardRecord } from './record.ts';

/** Something beside the vital signs: due at a time after the start of the ward, written when a round passes it. */
export interface Appointment {
  readonly due: number;
  readonly topic: FhirTopic;
  readonly write: (at: number, arrival: number) => WardRecord['resource'];
}

/** Everybody has been here for a while when the ward is switched on. */
const STAY_SO_FAR = 20 * HOUR;

const LACTATE: Code = {
  loinc: '2524-7',
  display: 'Lactate [Moles/volume] in Serum or Plasma',
  local: 'LACT',
};
const BLOOD_CULTURE: Code = {
  loinc: '600-7',
  display: 'Bacteria identified in Blood by Culture',
  local: 'BCUL',
};

/** What is due of a patient in (from, to], milliseconds after the start of the ward. */
export function appointments(patient: WardPatient, from: number, to: number): Appointment[] {
  const due: Appointment[] = [];
  if (from < 0)
    due.push({
      due: 0,
      topic: 'fhir.encounter',
      write: (at, now) => encounter(patient, at - STAY_SO_FAR, now, 1),
    });
  const { onset, period, kind } = patient.course;
  if (!Number.isFinite(onset)) return due;
  // The course repeats; with a finite onset the period is finite as well.
  for (let cycle = Math.max(0, Math.floor((from - onset) / period)); onset + cycle * period <= to; cycle++) {
    const begin = onset + cycle * period;
    due.push(...work(patient, cycle, begin), ...(kind === 'three' ? [transfer(patient, cycle, begin)] : []));
  }
  return due.filter((appointment) => appointment.due > from && appointment.due <= to);
}

/** The work-up of a patient who gets worse: lactate twice, a blood culture, then an antibiotic. */
function work(patient: WardPatient, cycle: number, onset: number): Appointment[] {
  const id = `${patient.bed}-${cycle}`;
  const severe = patient.course.kind.endsWith('three');
  const lab = (suffix: string, after: number, level: number): Appointment => ({
    due: onset + after,
    topic: 'fhir.observation.labs',
    write: (at, arrival) => lactate(patient, `${id}-lactate-${suffix}`, at, arrival, level),
  });
  return [
    lab('1', 40 * MINUTE, severe ? 3.4 : 2.2),
    lab('2', 3.5 * HOUR, severe ? 2.6 : 1.6),
    {
      due: onset + 50 * MINUTE,
      topic: 'fhir.observation.labs',
      write: (at, arrival) => ({
        ...frameOf(patient, `${id}-culture`, BLOOD_CULTURE, 'laboratory')(at, arrival, 1),
        valueCodeableConcept: { text: 'Culture in progress' },
      }),
    },
    {
      due: onset + 90 * MINUTE,
      topic: 'fhir.medicationrequest',
      write: (at) => antibiotic(patient, `${id}-antibiotic`, at),
    },
  ];
}

const transfer = (patient: WardPatient, cycle: number, onset: number): Appointment => ({
  due: onset + 3 * HOUR,
  topic: 'fhir.encounter',
  write: (at, arrival) => encounter(patient, at - onset - 3 * HOUR - STAY_SO_FAR, arrival, cycle + 2),
});

function lactate(patient: WardPatient, id: string, at: number, arrival: number, level: number): Observation {
  const millimoles = Number((level + 0.2 * patient.random.normal()).toFixed(1));
  return {
    ...frameOf(patient, id, LACTATE, 'laboratory')(at, arrival, 1),
    valueQuantity: { value: millimoles, unit: 'mmol/L', system: UCUM, code: 'mmol/L' },
  };
}

function antibiotic(patient: WardPatient, id: string, at: number): MedicationRequest {
  const [text, atc, route] = patient.random.pick([
    ['Piperacillin-Tazobactam', 'J01CR05', 'IV'],
    ['Ceftriaxone', 'J01DD04', 'IV'],
    ['Meropenem', 'J01DH02', 'IV'],
  ]);
  return {
    resourceType: 'MedicationRequest',
    id,
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: { coding: [{ system: 'http://www.whocc.no/atc', code: atc }], text },
    subject: { reference: `Patient/${patient.bed}` },
    encounter: { reference: `Encounter/${patient.bed}` },
    authoredOn: instantIn(at, patient.zone),
    dosageInstruction: [{ route: { text: route } }],
  };
}

/** Version 1 on the ward; later versions after the move to a high-dependency bed. */
function encounter(patient: WardPatient, admitted: number, arrival: number, version: number): Encounter {
  const bed = patient.bed.slice(patient.bed.lastIndexOf('-') + 1);
  const place = version === 1 ? `Ward 4, bed ${bed}` : `High dependency unit, bed ${bed}`;
  return {
    resourceType: 'Encounter',
    id: patient.bed,
    meta: { versionId: String(version), lastUpdated: instantIn(arrival) },
    status: 'in-progress',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
    subject: { reference: `Patient/${patient.bed}` },
    period: { start: instantIn(admitted, patient.zone) },
    location: [{ location: { display: place } }],
  };
}
