import type { CriterionState, SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { isAcvpu } from './criterion-component.ts';
import { isoOf } from './shape.ts';

/** Points from which a screen is positive; the alert of a rule with others has a status that says so. */
const POSITIVE_AT = 2;

export const isPositive = ({ score }: SepsisAlert): boolean => score >= POSITIVE_AT;

/** How the score is made, in a few words. */
export function methodOf({ rule, ruleVersion, semantic, windowStart, windowEnd }: SepsisAlert): string {
  const hours = (windowEnd - windowStart) / 3_600_000;
  const values = semantic === 'LATEST' ? 'the latest value' : 'any abnormal value';
  return `${rule} version ${ruleVersion}: ${values} within ${hours} h`;
}

/** What a reader of the chart must know of the score beside its numbers: how old values are, and what is missing. */
export function explanationOf(alert: SepsisAlert): string {
  const { criteria, missing, current, peak, evidenceCapped, survivorAlertId, status } = alert;
  if (status === 'RETRACTED') {
    return survivorAlertId === null
      ? 'Withdrawn: the data that it rested on were corrected.'
      : 'Withdrawn: it is part of another episode.';
  }
  const lines = criteria.flatMap(criterionLine);
  if (missing.length > 0)
    lines.push(`Missing: ${missing.join(', ')}. Counted as not met, which does not mean normal.`);
  lines.push(
    `By the latest values alone the score is ${current.score}. Highest score of the episode: ${peak}.`,
  );
  if (evidenceCapped > 0) lines.push('Values were left out because there are too many; it may be higher.');
  lines.push('It screens for sepsis and does not diagnose it.');
  return lines.join('\n');
}

function criterionLine(state: CriterionState): string[] {
  const { criterion, value, unit, time, met, preliminary, unitAssumed } = state;
  if (value === null || time === null) return [];
  const acvpu = value === 0 ? 'alert' : 'altered';
  const what = isAcvpu(state) ? `Mentation ${acvpu}` : `${criterion} ${value} ${unit}`;
  const marks = [preliminary ? 'preliminary' : '', unitAssumed ? 'unit assumed' : ''].filter(
    (one) => one !== '',
  );
  const said = [met ? 'met' : 'not met', ...marks].join(', ');
  return [`${what} at ${isoOf(time)}: ${said}.`];
}
