import type { Criterion } from '../../operators/clinical/criterion.ts';
import type { CriterionView } from '../console/ward-view.ts';

/** UCUM unit of a criterion's values. */
const UNIT: Readonly<Record<Criterion, string>> = { RR: '/min', SBP: 'mm[Hg]', GCS: '{score}' };
/** The scale begins at 3; what is lower is mentation without a score: 0 alert, 1 altered. */
const LEAST_GCS = 3;

export interface DecidingValue {
  readonly value: number;
  readonly ageMs: number;
  readonly preliminary: boolean;
  readonly unitAssumed: boolean;
}

/** The value that meets a criterion, for a reader. */
export function criterionView(criterion: Criterion, deciding: DecidingValue): CriterionView {
  const { value, ageMs, preliminary, unitAssumed } = deciding;
  const shown = { criterion, unit: UNIT[criterion], ageMs, preliminary, unitAssumed };
  if (criterion === 'GCS' && value < LEAST_GCS) return { ...shown, value: null, words: 'not alert' };
  return { ...shown, value };
}
