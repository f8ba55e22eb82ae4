import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import type { PagePolicy } from './page-policy.ts';

/** How bad it is, in what a team is paged for. */
export interface Danger {
  /** Highest score of the episode. */
  readonly score: number;
  readonly lactate: boolean;
  readonly hypotension: boolean;
}

/** What got worse. */
export type Rise = 'score' | 'lactate' | 'hypotension';

export function dangerOf(alert: SepsisAlert, policy: PagePolicy): Danger {
  const { peak, lactate, criteria, start, windowStart, windowEnd } = alert;
  // Of this episode: not older than the window in which it began.
  const since = start - (windowEnd - windowStart);
  return {
    score: peak,
    lactate: lactate !== null && lactate.value >= policy.lactate && lactate.time >= since,
    // Of a criterion that is met the alert holds the most abnormal value in the window.
    hypotension: criteria.some(
      ({ criterion, met, value }) =>
        criterion === 'SBP' && met && value !== null && value < policy.hypotension,
    ),
  };
}

/** What is worse than the team was told, the score first. */
export function risesBeyond(danger: Danger, told: Danger): Rise[] {
  const rises: Rise[] = [];
  if (danger.score > told.score) rises.push('score');
  if (danger.lactate && !told.lactate) rises.push('lactate');
  if (danger.hypotension && !told.hypotension) rises.push('hypotension');
  return rises;
}

/** Both together. */
export const worst = (a: Danger, b: Danger | undefined): Danger =>
  b === undefined
    ? a
    : {
        score: Math.max(a.score, b.score),
        lactate: a.lactate || b.lactate,
        hypotension: a.hypotension || b.hypotension,
      };
