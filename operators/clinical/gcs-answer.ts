import { isLoinc } from './codes.ts';
import { GCS_ANSWERS } from './gcs.ts';
import type { CodedText } from './mentation.ts';

/** Free text that says: a tube is in the way, so the verbal part cannot be tested (MIMIC "1.0 ET/Trach", "No Response-ETT"). */
const UNTESTABLE = /\bett\b|et\s*\/\s*trach|trach|intubat|untestable|not testable|sedat/i;

/** Points of an answered part: a number, 'untestable', or undefined when the answer is none that we know. */
export function gcsAnswer(answer: CodedText, verbal: boolean): number | 'untestable' | undefined {
  if (verbal && UNTESTABLE.test(answer.text ?? '')) return 'untestable';
  for (const { system, code } of answer.codings) {
    const points = isLoinc(system) && code !== undefined ? GCS_ANSWERS.get(code) : undefined;
    if (points !== undefined) return points;
  }
  // A verbal answer in words or codes that are not the scale's: charted, but not as a score.
  return verbal ? 'untestable' : undefined;
}

/** Qualifier 55285-1: everything but "the score is legitimate" means that the scale could not be applied. */
export const qualifierUntestable = (answer: CodedText): boolean =>
  !/legitimate|without interventions/i.test(
    [answer.text ?? '', ...answer.codings.map(({ display }) => display ?? '')].join(' '),
  );
