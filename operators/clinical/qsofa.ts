/**
 * qSOFA: respiratory rate >= 22 /min, systolic blood pressure <= 100 mm[Hg], altered mentation; one point each.
 * Seymour 2016 (JAMA 315:762) and LOINC 96791-9. Positive at two points (Singer 2016, Sepsis-3).
 */
import { GCS, RR, SBP } from './criterion.ts';

/** Which reading of "within six hours" opens an episode: any abnormal value in the window, or the latest value. */
export type TriggerSemantic = 'any' | 'latest';

export interface Qsofa {
  readonly name: 'qsofa';
  /** Changes whenever a threshold, the window or the meaning of a value changes. */
  readonly version: string;
  /** Breaths per minute; met when the value is at least this. LOINC 96791-9: ">=22 breaths per minute". */
  readonly respiratoryRateAtLeast: number;
  /** mm[Hg]; met when the value is at most this. LOINC 96791-9: "systolic blood pressure <= 100 mmHg". */
  readonly systolicAtMost: number;
  /**
   * Glasgow coma score; met when the value is below this. The derivation used <= 13; the published
   * simplification, and our default, is < 15 ("the qSOFA website promotes GCS < 15").
   */
  readonly gcsBelow: number;
  /** Points from which the patient is positive. */
  readonly positiveAt: number;
  readonly semantic: TriggerSemantic;
}

export const qsofa: Qsofa = Object.freeze({
  name: 'qsofa',
  version: '1',
  respiratoryRateAtLeast: 22,
  systolicAtMost: 100,
  gcsBelow: 15,
  positiveAt: 2,
  semantic: 'any',
});

/** Whether a value meets its criterion. Values are unrounded and in canonical units (/min, mm[Hg], {score}). */
export function meets(rule: Qsofa, criterion: number, value: number): boolean {
  switch (criterion) {
    case GCS:
      return value < rule.gcsBelow;
    case RR:
      return value >= rule.respiratoryRateAtLeast;
    case SBP:
      return value <= rule.systolicAtMost;
    default:
      return false;
  }
}
