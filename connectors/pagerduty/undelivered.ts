import type { Action } from './decided.ts';
import type { AlertPages, Page, PatientPages } from './patient-pages.ts';

/** The state when an action was never accepted, and never will be: a page that nobody got is not open. */
export function undelivered(state: PatientPages, { kind, key }: Action): PatientPages {
  if (kind === 'resolve') return state;
  const refused = (page: Page): Page => (page.key === key ? { ...page, state: 'refused' } : page);
  const alerts = Object.entries(state.alerts).map(([id, alert]): [string, AlertPages] => [
    id,
    { ...alert, pages: alert.pages.map(refused) },
  ]);
  return { ...state, alerts: Object.fromEntries(alerts) };
}
