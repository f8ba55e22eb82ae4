import type { Action } from './decided.ts';
import type { AlertPages, Page, PatientPages } from './patient-pages.ts';

/**
 * The state when an action was never accepted, and never will be: a page that nobody got is not open, and the team was told no more than
 * `before`, so that the next change of the alert tries again.
 */
export function undelivered(
  state: PatientPages,
  { kind, key }: Action,
  before: PatientPages | undefined,
): PatientPages {
  if (kind === 'resolve') return state;
  const refused = (page: Page): Page => (page.key === key ? { ...page, state: 'refused' } : page);
  const alerts = Object.entries(state.alerts).map(([id, alert]): [string, AlertPages] => {
    if (!alert.pages.some((page) => page.key === key)) return [id, alert];
    const { told: _, ...rest } = alert;
    const told = before?.alerts[id]?.told;
    return [id, { ...rest, pages: alert.pages.map(refused), ...(told === undefined ? {} : { told }) }];
  });
  return { ...state, alerts: Object.fromEntries(alerts) };
}
