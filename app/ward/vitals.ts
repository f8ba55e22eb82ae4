import type { Observation, Quantity } from 'fhir/r4.js';
import { type Code, type Frame, frameOf, LOINC, UCUM } from './frame.ts';
import type { WardPatient } from './patient.ts';
import type { Random } from './random.ts';

/** An RR or blood pressure about to be charted: what was measured, and what a slip of the finger makes of it. */
export interface Draft {
  readonly value: number;
  readonly slip: number;
  /** Writes a version of it: the value in the canonical unit (/min or mm[Hg]), times in epoch milliseconds. */
  readonly write: (value: number, at: number, arrival: number, version: number) => Observation;
}

const RR: Code = { loinc: '9279-1', display: 'Respiratory rate', local: 'RESP' };
const PANEL: Code = { loinc: '85354-9', display: 'Blood pressure panel', local: 'BP' };
const SYSTOLIC: Code = { loinc: '8480-6', display: 'Systolic blood pressure', local: 'SBP' };
const CUFF: Code = { loinc: '76534-7', display: 'Systolic blood pressure by noninvasive', local: 'NBPs' };
const DIASTOLIC: Code = { loinc: '8462-4', display: 'Diastolic blood pressure', local: 'DBP' };

type Unit = (value: number) => Quantity;

const perMinute: Unit = (value) => ({ value, unit: 'breaths/minute', system: UCUM, code: '/min' });
const RR_UNITS: readonly [Unit, ...Unit[]] = [
  perMinute,
  perMinute,
  perMinute,
  (value) => ({ value, unit: 'breaths/minute' }),
  (value) => ({ value, unit: 'insp/min', system: UCUM, code: '/min' }),
  (value) => ({ value, unit: '{breaths}/min', system: UCUM, code: '{breaths}/min' }),
  (value) => ({ value: round(value / 60, 4), unit: '/s', system: UCUM, code: '/s' }),
  (value) => ({ value }),
];

export function respiratoryRate(patient: WardPatient, id: string, measured: number): Draft {
  const random = patient.random;
  const frame = frameOf(patient, id, RR, 'vital-signs');
  const unit = random.pick(RR_UNITS);
  return {
    value: Math.round(measured),
    slip: random.integer(27, 36),
    write: (value, at, arrival, version) => ({ ...frame(at, arrival, version), valueQuantity: unit(value) }),
  };
}

export function bloodPressure(patient: WardPatient, id: string, systolic: number, diastolic: number): Draft {
  const random = patient.random;
  const style = patient.pressure;
  const unit = pressureUnit(patient, random);
  const common = { value: Math.round(systolic), slip: random.integer(76, 92) };
  if (style === 'cuff' || style === 'arterial') {
    const frame = frameOf(patient, id, style === 'cuff' ? CUFF : SYSTOLIC, 'vital-signs');
    return {
      ...common,
      write: (sbp, at, arrival, version) => ({ ...frame(at, arrival, version), valueQuantity: unit(sbp) }),
    };
  }
  const panel = style === 'panel' ? PANEL : { ...PANEL, loinc: '55284-4' };
  return {
    ...common,
    write: panelWriter(frameOf(patient, id, panel, 'vital-signs'), unit, Math.round(diastolic)),
  };
}

function panelWriter(frame: Frame, unit: Unit, diastolic: number): Draft['write'] {
  // Also a mistyped systolic has a diastolic below it, else the nurse would have seen it.
  const below = (systolic: number): number => Math.min(diastolic, Math.round(systolic * 0.75));
  return (systolic, at, arrival, version) => ({
    ...frame(at, arrival, version),
    component: [
      { code: { coding: [{ system: LOINC, code: SYSTOLIC.loinc }] }, valueQuantity: unit(systolic) },
      { code: { coding: [{ system: LOINC, code: DIASTOLIC.loinc }] }, valueQuantity: unit(below(systolic)) },
    ],
  });
}

function pressureUnit(patient: WardPatient, random: Random): Unit {
  if (patient.kilopascal) {
    return (value) => ({ value: round(value * 0.133322, 1), unit: 'kPa', system: UCUM, code: 'kPa' });
  }
  return random.pick([
    (value: number) => ({ value, unit: 'mmHg', system: UCUM, code: 'mm[Hg]' }),
    (value: number) => ({ value, unit: 'mmHg', system: UCUM, code: 'mm[Hg]' }),
    (value: number) => ({ value, unit: 'mm Hg' }),
  ]);
}

/** Signs that the ward charts and qSOFA does not use: pulse, temperature, oxygen saturation. */
export function otherVitals(
  patient: WardPatient,
  id: string,
  at: number,
  arrival: number,
  measured: { readonly hr: number; readonly temperature: number; readonly spo2: number },
): Observation[] {
  const one = (suffix: string, code: Code, valueQuantity: Quantity): Observation => ({
    ...frameOf(patient, `${id}-${suffix}`, code, 'vital-signs')(at, arrival, 1),
    valueQuantity,
  });
  const celsius = { value: round(measured.temperature, 1), unit: 'Cel', system: UCUM, code: 'Cel' };
  return [
    one(
      'hr',
      { loinc: '8867-4', display: 'Heart rate', local: 'HR' },
      { value: Math.round(measured.hr), unit: 'beats/minute', system: UCUM, code: '/min' },
    ),
    one('temp', { loinc: '8310-5', display: 'Body temperature', local: 'TEMP' }, celsius),
    one(
      'spo2',
      { loinc: '59408-5', display: 'Oxygen saturation by pulse oximetry', local: 'SPO2' },
      { value: Math.round(measured.spo2), unit: '%', system: UCUM, code: '%' },
    ),
  ];
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
