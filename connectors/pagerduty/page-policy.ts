import { type Duration, hours, minutes } from '../../topology/model/time.ts';

/** When a team is paged, and when not: a site's policy, which changes no episode and no alert id. */
export interface PagePolicy {
  /**
   * Positive again so soon after the criteria were no longer met: the same episode goes on, and nobody is paged once more unless it
   * is worse than the team was told.
   */
  readonly refractory: Duration;
  /** How long a page that somebody acknowledged, or one that was held back, stands for: then whoever is still positive is paged for. */
  readonly quiet: Duration;
  /** What was written longer ago is no news: it is not paged for after a start. */
  readonly oldest: Duration;
  /** mmol/L, and above: worse. */
  readonly lactate: number;
  /** mm[Hg] of systolic pressure, and below but not at it: worse. */
  readonly hypotension: number;
}

export const PAGE_POLICY: PagePolicy = Object.freeze({
  // An hour, as the seed's cooldown (fhir-security, kafka-examples): a patient who wavers about a threshold is one page.
  refractory: minutes(60),
  // A shift. Sites use 8 to 12 h; the shorter one pages sooner.
  quiet: hours(8),
  // The window of the rule: what is older cannot make anybody positive now.
  oldest: hours(6),
  // Surviving Sepsis Campaign 2018 bundle: lactate >= 4 mmol/L calls for 30 mL/kg of crystalloid.
  lactate: 4,
  // CMS SEP-1: systolic pressure < 90 mm[Hg] is initial hypotension.
  hypotension: 90,
});
