import type { CodeableConcept, Observation, ObservationComponent } from 'fhir/r4.js';
import { type Code, frameOf, LOINC, UCUM } from './frame.ts';
import type { WardPatient } from './patient.ts';

const TOTAL: Code = { loinc: '9269-2', display: 'Glasgow coma score total', local: 'GCS' };
const PANEL: Code = { loinc: '35088-4', display: 'Glasgow coma scale', local: 'GCS-P' };
const EYE: Code = { loinc: '9267-6', display: 'Glasgow coma score eye opening', local: 'GCS-E' };
const VERBAL: Code = { loinc: '9270-0', display: 'Glasgow coma score verbal', local: 'GCS-V' };
const MOTOR: Code = { loinc: '9268-4', display: 'Glasgow coma score motor', local: 'GCS-M' };
const ACVPU: Code = { loinc: '80288-4', display: 'Level of consciousness', local: 'ACVPU' };

/** LOINC answers in the order of their points from 1 (HL7 Questionnaire gcs). */
const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  [EYE.loinc]: ['LA6553-7', 'LA6554-5', 'LA6555-2', 'LA6556-0'],
  [VERBAL.loinc]: ['LA6557-8', 'LA6558-6', 'LA6559-4', 'LA6560-2', 'LA6561-0'],
  [MOTOR.loinc]: ['LA6562-8', 'LA6563-6', 'LA6564-4', 'LA6565-1', 'LA6566-9', 'LA6567-7'],
};

/** The tube is in: the verbal answer can't be tested, whatever the mind does. Wording as charted in MIMIC-III. */
const INTUBATED: CodeableConcept = { text: '1.0 ET/Trach' };

export interface Parts {
  readonly eye: number;
  readonly verbal: number;
  readonly motor: number;
}

/** Splits a total of 9 to 15 as a clouded mind loses it: speech first, then the eyes, then movement. */
export function partsOf(total: number): Parts {
  const lost = 15 - total;
  const verbal = 5 - Math.min(lost, 2);
  const eye = 4 - Math.min(Math.max(lost - 2, 0), 2);
  return { eye, verbal, motor: total - eye - verbal };
}

/** True when this patient's mentation is charted in parts, so that a verbal answer exists. */
export const chartsParts = (patient: WardPatient): boolean =>
  patient.mentation === 'components' || patient.mentation === 'answers' || patient.mentation === 'rows';

/** The mentation of one round in the patient's own style: one Observation, or three of the same time. */
export function mentation(
  patient: WardPatient,
  id: string,
  at: number,
  arrival: number,
  total: number,
  intubated: boolean,
): Observation[] {
  // GCS has no vital-signs profile: feeds file it under survey, exam or nothing at all.
  const category = patient.random.pick(['survey', 'exam', null]);
  const write = (suffix: string, code: Code): Observation =>
    frameOf(patient, id + suffix, code, category)(at, arrival, 1);
  const answers = patient.mentation === 'answers';
  const parts = partsOf(total);
  const scored: readonly [string, Code, number][] = [
    ['-e', EYE, parts.eye],
    ['-v', VERBAL, parts.verbal],
    ['-m', MOTOR, parts.motor],
  ];
  const valueOf = (
    code: Code,
    points: number,
  ): Pick<ObservationComponent, 'valueQuantity' | 'valueCodeableConcept'> => {
    if (intubated && code === VERBAL) return { valueCodeableConcept: INTUBATED };
    return answers ? { valueCodeableConcept: answer(code, points) } : { valueQuantity: score(points) };
  };
  switch (patient.mentation) {
    case 'total-integer':
      return [{ ...write('', TOTAL), valueInteger: total }];
    case 'total-quantity':
      return [{ ...write('', TOTAL), valueQuantity: score(total) }];
    case 'rows':
      return scored.map(([suffix, code, points]) => ({ ...write(suffix, code), ...valueOf(code, points) }));
    case 'components':
    case 'answers':
      return [
        {
          ...write('', answers ? PANEL : TOTAL),
          component: scored.map(([, code, points]) => ({
            code: { coding: [{ system: LOINC, code: code.loinc, display: code.display }] },
            ...valueOf(code, points),
          })),
        },
      ];
    case 'acvpu':
      return [{ ...write('', ACVPU), valueCodeableConcept: awareness(total) }];
  }
}

const score = (value: number): { value: number; unit: string; system: string; code: string } => ({
  value,
  unit: '{score}',
  system: UCUM,
  code: '{score}',
});

function answer(code: Code, points: number): CodeableConcept {
  const loinc = ANSWERS[code.loinc]?.[points - 1];
  if (loinc === undefined) throw new RangeError(`${code.display} has no answer worth ${points} points`);
  return { coding: [{ system: LOINC, code: loinc }], text: `${points}` };
}

/** ACVPU as SNOMED CT findings: alert, new confusion, or responds to voice. */
function awareness(total: number): CodeableConcept {
  const [code, display] =
    total === 15
      ? ['248234008', 'Mentally alert']
      : total >= 13
        ? ['130987000', 'Acute confusion']
        : ['300202002', 'Response to voice'];
  return { coding: [{ system: 'http://snomed.info/sct', code, display }], text: display };
}
