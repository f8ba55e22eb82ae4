import { type Duration, hours } from '../../topology/model/time.ts';
import type { AlertDraft } from './alert-draft.ts';
import type { PagePolicy } from './page-policy.ts';
import type { AlertPages, LastEpisode, PatientPages } from './patient-pages.ts';

/** Longer than the window and the lateness together: no record of an alert that is over comes any more. If one does, it is news. */
const FORGET: Duration = hours(48);

/** What is still to be known of a patient. */
export function kept(
  before: PatientPages,
  drafts: readonly AlertDraft[],
  ended: Readonly<Record<string, LastEpisode>>,
  now: number,
  { refractory }: PagePolicy,
): Pick<PatientPages, 'alerts' | 'ended'> {
  const alerts: Record<string, AlertPages> = { ...before.alerts };
  for (const draft of drafts) if (draft.kept !== undefined) alerts[draft.id] = draft.kept;
  const needed = Object.entries(alerts).filter(([, { open, seen }]) => open || seen >= now - FORGET);
  const stands = ({ end, until }: LastEpisode): boolean => now < until || now <= end + refractory;
  return {
    alerts: Object.fromEntries(needed),
    ended: Object.fromEntries(Object.entries(ended).filter(([, last]) => stands(last))),
  };
}
