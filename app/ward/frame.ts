import type { CodeableConcept, Observation, Reference } from 'fhir/r4.js';
import { instantIn } from './clock.ts';
import type { WardPatient } from './patient.ts';
import type { Random } from './random.ts';

export const LOINC = 'http://loinc.org';
export const UCUM = 'http://unitsofmeasure.org';
/** The server that the ward's relative references belong to. */
export const WARD_BASE = 'https://ehr.example.org/fhir';
/** System of the ward's patient identifiers, value `MRN-ward-07`. */
export const WARD_IDENTIFIER_SYSTEM = 'urn:oid:2.16.840.1.113883.19.5';
const LOCAL = 'https://ehr.example.org/codes';
const CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category';

export interface Code {
  readonly loinc: string;
  readonly display: string;
  readonly local: string;
}

/** Everything of an Observation but its value. The forms are chosen once, so every version of it looks alike. */
export type Frame = (at: number, arrival: number, version: number) => Observation;

/** Chooses how one Observation is written: codings, subject, time and zone. `id` is its logical id. */
export function frameOf(patient: WardPatient, id: string, code: Code, category: string | null): Frame {
  const random = patient.random;
  const subject = subjectOf(patient.bed, random);
  const form = random.next();
  const short = random.chance(0.4);
  const nurse = `Practitioner/nurse-${random.integer(1, 9)}`;
  const versioned = random.chance(0.9);
  const concept = conceptOf(code, patient.localCodeFirst);
  return (at, arrival, version) => ({
    resourceType: 'Observation',
    id,
    // A first version may come without meta; a correction must say that it is one.
    ...(versioned || version > 1
      ? { meta: { versionId: String(version), lastUpdated: instantIn(arrival) } }
      : {}),
    status: version > 1 ? 'corrected' : 'final',
    ...(category === null ? {} : { category: [{ coding: [{ system: CATEGORY, code: category }] }] }),
    code: concept,
    subject,
    encounter: { reference: `Encounter/${patient.bed}` },
    ...effectiveOf(form, at, patient, short),
    issued: instantIn(arrival),
    performer: [{ reference: nurse }],
  });
}

function effectiveOf(form: number, at: number, patient: WardPatient, short: boolean): Partial<Observation> {
  // Whole seconds, so that the short form says the same time.
  const time = instantIn(Math.floor(at / 1_000) * 1_000, patient.zone, short);
  if (form < 0.9) return { effectiveDateTime: time };
  if (form < 0.95) return { effectiveInstant: time };
  return { effectivePeriod: { start: instantIn(at - 60_000, patient.zone, short), end: time } };
}

function conceptOf(code: Code, localFirst: boolean): CodeableConcept {
  const loinc = { system: LOINC, code: code.loinc, display: code.display };
  const local = { system: LOCAL, code: code.local };
  return { coding: localFirst ? [local, loinc] : [loinc, local], text: code.display };
}

/** The forms in which real feeds name a patient; all of them mean the same one. */
function subjectOf(bed: string, random: Random): Reference {
  const form = random.next();
  const identifier = { system: WARD_IDENTIFIER_SYSTEM, value: `MRN-${bed}` };
  if (form < 0.74) return { reference: `Patient/${bed}` };
  if (form < 0.84) return { reference: `${WARD_BASE}/Patient/${bed}` };
  if (form < 0.9) return { reference: `Patient/${bed}/_history/2` };
  if (form < 0.96) return { reference: `Patient/${bed}`, type: 'Patient', identifier };
  return { type: 'Patient', identifier };
}

/** A record key as a feed would set it; only the topology knows the right one. */
export function keyOf(bed: string, random: Random): string | null {
  const form = random.next();
  if (form < 0.8) return `Patient/${bed}`;
  if (form < 0.92) return bed;
  return form < 0.97 ? 'unknown' : null;
}
