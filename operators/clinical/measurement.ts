/**
 * What one Observation can say about a criterion. The number of a kind is part of the state layout:
 * append, never reorder.
 */
export const MEASUREMENT_KINDS = [
  'UNKNOWN',
  'RESPIRATORY_RATE',
  'SYSTOLIC_BP',
  'GCS_TOTAL',
  'GCS_EYE',
  'GCS_VERBAL',
  'GCS_MOTOR',
  'GCS_UNTESTABLE',
  'MENTATION',
  'LACTATE',
] as const;
export type MeasurementKind = (typeof MEASUREMENT_KINDS)[number];

export const RESPIRATORY_RATE = 1;
export const SYSTOLIC_BP = 2;
export const GCS_TOTAL = 3;
export const GCS_EYE = 4;
export const GCS_VERBAL = 5;
export const GCS_MOTOR = 6;
export const GCS_UNTESTABLE = 7;
export const MENTATION = 8;

/** Value of a MENTATION measurement (ACVPU, new confusion): alert, or anything else. */
export const MENTATION_ALERT = 0;
export const MENTATION_ALTERED = 1;

/**
 * Bounds outside which a number is an artefact, not a patient: mimic-code's `qsofa` inputs
 * (0 < RR < 70, 0 < SBP < 400) and the scale itself (GCS 3..15; eye 1..4, verbal 1..5, motor 1..6).
 */
export function plausible(kind: MeasurementKind, value: number): boolean {
  switch (kind) {
    case 'RESPIRATORY_RATE':
      return value > 0 && value < 70;
    case 'SYSTOLIC_BP':
      return value > 0 && value < 400;
    case 'GCS_TOTAL':
      return value >= 3 && value <= 15;
    case 'GCS_EYE':
      return value >= 1 && value <= 4;
    case 'GCS_VERBAL':
      return value >= 1 && value <= 5;
    case 'GCS_MOTOR':
      return value >= 1 && value <= 6;
    case 'LACTATE':
      // mmol/L; the highest survivable values published are near 30, analysers end at about 30.
      return value > 0 && value < 60;
    case 'MENTATION':
    case 'GCS_UNTESTABLE':
      return true;
    case 'UNKNOWN':
      return false;
  }
}
