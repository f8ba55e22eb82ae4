import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import type { PageCause } from './patient-pages.ts';

/** "The maximum permitted length of this property is 1024 characters." */
export const MOST_SUMMARY = 1_024;
/** As much of the id as tells two open alerts apart. */
const SHORT_ID = 8;

const HEADLINE: Readonly<Record<PageCause, string>> = {
  onset: 'Sepsis screen positive',
  score: 'Sepsis screen worse, score rose',
  lactate: 'Sepsis screen worse, lactate high',
  hypotension: 'Sepsis screen worse, systolic pressure low',
  again: 'Sepsis screen still positive',
};

/** Names of the rules as people write them, and how many criteria each has. */
const RULES: Readonly<Record<string, { readonly name: string; readonly of: number }>> = {
  qsofa: { name: 'qSOFA', of: 3 },
};

/** One line for whoever is woken: what, where, on what ground, and what nobody measured. Names nobody. */
export function summaryOf(alert: SepsisAlert, cause: PageCause, place: string | undefined): string {
  const score = cause === 'score' ? alert.peak : alert.score;
  const rule = RULES[alert.rule];
  const scored = rule === undefined ? `${alert.rule} ${score}` : `${rule.name} ${score} of ${rule.of}`;
  const met = alert.criteria.filter((one) => one.met).map(({ criterion }) => criterion);
  const ground = met.length === 0 ? '' : ` (${met.join(', ')})`;
  const parts = [
    `${HEADLINE[cause]}: ${scored}${ground}`,
    ...(alert.missing.length === 0 ? [] : [`not measured: ${alert.missing.join(', ')}`]),
    ...(place === undefined ? [] : [place]),
    `alert ${alert.alertId.slice(0, SHORT_ID)}`,
  ];
  return clipped(parts.join('; '));
}

/** Whole characters, as many as may be. */
function clipped(text: string): string {
  const whole = text.toWellFormed().replaceAll(/\p{Cc}+/gu, ' ');
  if (whole.length <= MOST_SUMMARY) return whole;
  return `${whole.slice(0, MOST_SUMMARY - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
