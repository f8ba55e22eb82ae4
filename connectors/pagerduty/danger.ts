import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import type { PagePolicy } from './page-policy.ts';

/** How bad it is, in what a team is paged for. */
export interface Danger {
  /** Highest score of the episode. */
  readonly score: number;
  readonly lactate: boolean;
  readonly hypotension: boolean;
  /** The values that say so; none in what was kept before they were. */
  readonly grounds?: Readonly<Partial<Record<Sign, Ground>>>;
}

/** What a single value says. */
export type Sign = 'lactate' | 'hypotension';

/** Where a value stands: whether it still does is how a correction is told from a value that is merely old. */
export interface Ground {
  readonly observationId: string;
  /** Event time, epoch milliseconds. */
  readonly time: number;
}

/** What got worse. */
export type Rise = 'score' | Sign;

export function dangerOf(alert: SepsisAlert, policy: PagePolicy): Danger {
  const { peak, start, windowStart, windowEnd } = alert;
  // Of this episode: not older than the window in which it began.
  const since = start - (windowEnd - windowStart);
  const high = alert.lactate !== null && alert.lactate.value >= policy.lactate && alert.lactate.time >= since;
  // Of a criterion that is met the alert holds the most abnormal value in the window.
  const low = alert.criteria.find(
    ({ criterion, met, value }) => criterion === 'SBP' && met && value !== null && value < policy.hypotension,
  );
  return {
    score: peak,
    lactate: high,
    hypotension: low !== undefined,
    ...groundsOf(high ? groundOf(alert.lactate) : undefined, low && groundOf(low)),
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

/** Both together; what the second says rests on its own values. */
export function worst(a: Danger, b: Danger | undefined): Danger {
  if (b === undefined) return a;
  const ground = (sign: Sign): Ground | undefined => (b[sign] ? b : a).grounds?.[sign];
  return {
    score: Math.max(a.score, b.score),
    lactate: a.lactate || b.lactate,
    hypotension: a.hypotension || b.hypotension,
    ...groundsOf(ground('lactate'), ground('hypotension')),
  };
}

export const groundsOf = (
  lactate: Ground | undefined,
  hypotension: Ground | undefined,
): Pick<Danger, 'grounds'> =>
  lactate === undefined && hypotension === undefined
    ? {}
    : { grounds: { ...(lactate && { lactate }), ...(hypotension && { hypotension }) } };

const groundOf = ({
  observationId,
  time,
}: {
  readonly observationId: string | null;
  readonly time: number | null;
}): Ground | undefined => (observationId === null || time === null ? undefined : { observationId, time });
