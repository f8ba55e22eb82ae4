import type { PagePolicy } from './page-policy.ts';
import type { AlertPages, Page, PatientPages } from './patient-pages.ts';

/** What a person did with an incident. */
export interface Response {
  /** Deduplication key. */
  readonly key: string;
  readonly kind: 'acknowledged' | 'resolved';
  /** Epoch milliseconds, by PagerDuty's clock. */
  readonly at: number;
}

/** The alert that a deduplication key is of, which a survivor may have taken over; undefined: none here. */
export const alertOfKey = ({ alerts }: PatientPages, key: string): string | undefined =>
  Object.keys(alerts).find((id) => alerts[id]?.pages.some((page) => page.key === key));

/** The state once the response is heeded; undefined when it says nothing new. */
export function respond(
  state: PatientPages,
  { key, kind, at }: Response,
  { quiet }: Pick<PagePolicy, 'quiet'>,
): { readonly next: PatientPages; readonly alertId: string; readonly alert: AlertPages } | undefined {
  const alertId = alertOfKey(state, key);
  const alert = alertId === undefined ? undefined : state.alerts[alertId];
  const page = alert?.pages.find((one) => one.key === key);
  if (alertId === undefined || alert === undefined || page === undefined) return undefined;
  const news = kind === 'acknowledged' ? page.state === 'open' : isLive(page);
  if (!news) return undefined;
  const changed: Page =
    kind === 'acknowledged'
      ? { ...page, state: 'acknowledged', acknowledged: at }
      : { ...page, state: 'resolved', why: 'by-people', resolved: at };
  const next: AlertPages = {
    ...alert,
    pages: alert.pages.map((one) => (one === page ? changed : one)),
    // Somebody has seen to it: as long as an acknowledgement stands, so does this.
    ...(kind === 'resolved' && { held: { why: 'by-people', until: at + quiet } }),
  };
  return { next: { ...state, alerts: { ...state.alerts, [alertId]: next } }, alertId, alert };
}

const isLive = ({ state }: Page): boolean => state === 'open' || state === 'acknowledged';
