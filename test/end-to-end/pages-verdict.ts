import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { difference } from '../oracle/comparison.ts';
import type { EpisodeLine, FireLine, PidOf } from '../oracle/results.ts';
import type { Incident } from '../servers/pagerduty/incidents.ts';

/** One page as it must come about: of which episode, why, and how it ended. */
export interface PageLine {
  readonly pid: string;
  /** Of the episode, as text. */
  readonly start: string;
  readonly cause: 'onset' | 'score 3';
  readonly status: string;
}

/**
 * With a policy that knows of no refractory time, no lactate and no hypotension, and nothing that is too old, the pages are the
 * fires of the oracle: one for the onset of each episode, and one for each rise. All of them are over in the end.
 */
export function pagesOf(
  episodes: readonly EpisodeLine[],
  fires: readonly FireLine[],
): { readonly must: readonly PageLine[]; readonly may: readonly PageLine[] } {
  const startOf = ({ pid, t }: FireLine): string =>
    episodes.find((one) => one.pid === pid && one.start <= t && t < one.end)?.start ?? `none at ${t}`;
  const line = (fire: FireLine, cause: PageLine['cause']): PageLine => {
    return { pid: fire.pid, start: startOf(fire), cause, status: 'resolved' };
  };
  return {
    must: fires.map((fire) => line(fire, fire.why === 'onset' ? 'onset' : 'score 3')),
    // All three at one time come by record, one after the other: whether the third is seen with the second is left open.
    may: fires
      .filter(({ why, score }) => why === 'onset' && score === 3)
      .map((fire) => line(fire, 'score 3')),
  };
}

/**
 * How PagerDuty's journal differs from the pages that there must be; '' when it does not. Whom a page is about is told twice, by what
 * it says and by the alert that its key names: both must be so.
 */
export function pagesDiffer(
  incidents: readonly Incident[],
  alerts: readonly SepsisAlert[],
  pidOf: PidOf,
  { must, may }: ReturnType<typeof pagesOf>,
): string {
  const byId = new Map(alerts.map((alert) => [alert.alertId, alert]));
  const found = incidents.map(({ key, event, status, resolvedBy }): PageLine & { readonly said: string } => {
    const [id = '', level] = key.split(':');
    const alert = byId.get(id);
    const details = event.payload?.custom_details ?? {};
    const said = `${pidOf(String(details['patient']))} ${iso(Date.parse(String(details['positive_since'])))}`;
    return {
      pid: alert === undefined ? `nobody: ${key}` : pidOf(alert.patient),
      start: iso(alert?.start ?? Number.NaN),
      cause: level === undefined ? 'onset' : level === '3' ? 'score 3' : (level as 'onset'),
      status: status === 'resolved' && resolvedBy === 'event' ? 'resolved' : `${status} by ${resolvedBy}`,
      said,
    };
  });
  const allowed = new Set(may.map(textOf));
  const seen = new Set<string>();
  const counted = found.filter((page) => {
    const text = textOf(page);
    if (!allowed.has(text) || seen.has(text)) return true;
    seen.add(text);
    return false;
  });
  return difference(
    'pages',
    counted,
    must.map((page) => ({ ...page, said: `${page.pid} ${page.start}` })),
    (page) => `${textOf(page)}, said of ${page.said}`,
  );
}

const textOf = ({ pid, start, cause, status }: PageLine): string => `${pid} ${start} ${cause} ${status}`;
const iso = (time: number): string => (Number.isNaN(time) ? 'never' : new Date(time).toISOString());
