import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { type Danger, dangerOf, type Ground, groundsOf, type Sign } from './danger.ts';
import type { PagePolicy } from './page-policy.ts';

/**
 * What still holds of what the team was told of an alert, by what a later record of it says. Only what was corrected does not:
 * a value that has left the window, or that a better one has followed, was true when it was told.
 */
export function leftOf(told: Danger, alert: SepsisAlert, policy: PagePolicy): Danger {
  const danger = dangerOf(alert, policy);
  // Where the value is gone something else may say the same.
  const rests = (sign: Sign): Danger => {
    const ground = told.grounds?.[sign];
    return ground !== undefined && IS_GONE[sign](ground, alert, policy) ? danger : told;
  };
  const [lactate, hypotension] = [rests('lactate'), rests('hypotension')];
  return {
    score: told.score,
    lactate: lactate.lactate,
    hypotension: hypotension.hypotension,
    ...groundsOf(lactate.grounds?.lactate, hypotension.grounds?.hypotension),
  };
}

const IS_GONE: Readonly<Record<Sign, (ground: Ground, alert: SepsisAlert, policy: PagePolicy) => boolean>> = {
  lactate: (ground, { lactate, windowStart }, policy) => {
    // A lactate is let go of days after it has left the window.
    if (lactate === null) return ground.time >= windowStart;
    return !(isAt(ground, lactate) && lactate.value >= policy.lactate) && isReplaced(ground, lactate);
  },
  hypotension: (ground, { criteria, semantic, windowStart, windowEnd, eventTime }, policy) => {
    const pressure = criteria.find(({ criterion }) => criterion === 'SBP');
    const { time } = ground;
    // Of a time outside of its window the alert says nothing, but that nobody has measured later than the patient's newest value.
    if (pressure === undefined || time < windowStart || (time > windowEnd && time <= eventTime)) return false;
    const isLow = (value: number | null): boolean => value !== null && value < policy.hypotension;
    if ([pressure, ...pressure.evidence].some((one) => isAt(ground, one) && isLow(one.value))) return false;
    // By latest values a lower one of before is not shown.
    return semantic === 'ANY' || isReplaced(ground, pressure);
  },
};

/** A value as an alert shows it. */
interface Shown {
  readonly observationId: string | null;
  readonly time: number | null;
}

const isAt = (ground: Ground, { observationId, time }: Shown): boolean =>
  observationId === ground.observationId && time === ground.time;

/** Whether the newest value can only be the newest because the other one is no more. */
const isReplaced = (ground: Ground, newest: Shown): boolean =>
  newest.observationId === ground.observationId || newest.time === null || newest.time <= ground.time;
