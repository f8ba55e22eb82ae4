import type { CodeableConcept, ObservationComponent } from 'fhir/r4.js';
import type { Criterion, CriterionState } from '../../schemas/generated/sepsis-alert.ts';

export const LOINC = 'http://loinc.org';
const SNOMED = 'http://snomed.info/sct';
const UCUM = 'http://unitsofmeasure.org';
const ABSENT = 'http://terminology.hl7.org/CodeSystem/data-absent-reason';
const INTERPRETATION = 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation';

/** LOINC code and name of a criterion. Displays are left out: a server that knows LOINC refuses one that is not its own. */
const CODES: Readonly<Record<Exclude<Criterion, 'UNKNOWN'>, CodeableConcept>> = {
  RR: { coding: [{ system: LOINC, code: '9279-1' }], text: 'Respiratory rate' },
  SBP: { coding: [{ system: LOINC, code: '8480-6' }], text: 'Systolic blood pressure' },
  GCS: { coding: [{ system: LOINC, code: '9269-2' }], text: 'Glasgow coma score' },
};
/** Where mentation was charted as ACVPU, or as new confusion. */
const ACVPU: CodeableConcept = {
  coding: [{ system: LOINC, code: '80288-4' }],
  text: 'Level of consciousness (ACVPU)',
};
const ALERT: CodeableConcept = { coding: [{ system: SNOMED, code: '248234008' }], text: 'Alert' };
const ALTERED: CodeableConcept = {
  coding: [{ system: SNOMED, code: '419284004' }],
  text: 'Altered mental status',
};

/** Mentation without a GCS is 0 (alert) or 1 (altered); no Glasgow coma score is below 3. */
export const isAcvpu = ({ criterion, value }: CriterionState): boolean =>
  criterion === 'GCS' && value !== null && value < 3;

/** A criterion as a component of the score, with the value that decides it; undefined for one of a newer schema. */
export function componentOf(state: CriterionState): ObservationComponent | undefined {
  const { criterion, value, unit, met } = state;
  if (criterion === 'UNKNOWN') return undefined;
  const code = isAcvpu(state) ? ACVPU : CODES[criterion];
  // Absence is never normal, and never zero.
  if (value === null) return { code, dataAbsentReason: NOT_KNOWN };
  const interpretation = [{ coding: [{ system: INTERPRETATION, code: met ? 'A' : 'N' }] }];
  if (isAcvpu(state)) return { code, valueCodeableConcept: value === 0 ? ALERT : ALTERED, interpretation };
  return { code, valueQuantity: { value, unit, system: UCUM, code: unit }, interpretation };
}

const NOT_KNOWN: CodeableConcept = {
  coding: [{ system: ABSENT, code: 'unknown' }],
  text: 'No usable value in the window',
};

/** Positive or negative, of a screen. */
export const screenInterpretation = (positive: boolean): CodeableConcept => ({
  coding: [{ system: INTERPRETATION, code: positive ? 'POS' : 'NEG' }],
});

export const scoreQuantity = (
  value: number,
): { value: number; unit: string; system: string; code: string } => ({
  value,
  unit: '{score}',
  system: UCUM,
  code: '{score}',
});
