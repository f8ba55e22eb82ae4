import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import type { AlertDraft } from './alert-draft.ts';
import { type Danger, risesBeyond } from './danger.ts';
import type { PagePolicy } from './page-policy.ts';
import type { Held, LastEpisode, Page, PageCause } from './patient-pages.ts';

/** Whether an episode begins so soon after the last one that it is the same. */
export const isSoon = ({ start }: SepsisAlert, { end }: LastEpisode, refractory: number): boolean =>
  start <= end + refractory;

/** What somebody would be paged for. */
interface Wanted {
  readonly alert: SepsisAlert;
  readonly danger: Danger;
  readonly cause: PageCause;
  /** Pages of the same alert. */
  readonly pages: readonly Page[];
}

/** So long what the team was told of the last episode stands for this one too; undefined: it does not. */
export function heldByLast(
  last: LastEpisode | undefined,
  { alert, danger, cause, pages }: Wanted,
  now: number,
  { refractory }: PagePolicy,
): Held<'refractory'> | undefined {
  if (last === undefined || now >= last.until || risesBeyond(danger, last.told).length > 0) return undefined;
  const { until, alertId: after } = last;
  const held = { why: 'refractory', until, ...(after !== undefined && { after }) } as const;
  if (cause === 'onset') return isSoon(alert, last, refractory) ? held : undefined;
  if (cause !== 'again') return undefined;
  const resolved = pages.filter(({ why }) => why === 'window-emptied').map((page) => page.resolved ?? 0);
  return now <= Math.max(...resolved) + refractory ? held : undefined;
}

/** The last episode once one is over: what the team was told stands for an episode that follows at once. */
export function lastOnceOver(
  known: LastEpisode | undefined,
  { id, paged, told, held, ended }: AlertDraft,
  { end }: SepsisAlert,
  { quiet }: PagePolicy,
): LastEpisode | undefined {
  if (told === undefined) return known;
  const own = known?.alertId === id ? known : undefined;
  // A correction after its end moves that, or lowers it.
  if (ended !== 'window-emptied') return own === undefined ? known : { ...own, end, told };
  const last = Math.max(...paged.map(({ sent, acknowledged = 0 }) => Math.max(sent, acknowledged)));
  const until = Math.max(held?.why === 'refractory' ? held.until : Number.NEGATIVE_INFINITY, last + quiet);
  if (!Number.isFinite(until) || (own === undefined && known !== undefined && end < known.end)) return known;
  return { alertId: id, end, told, until };
}

/** The last episode once an alert is no more: of one that merged the survivor carries on what the team was told. */
export function lastOnceRetracted(
  known: LastEpisode | undefined,
  { alertId, survivorAlertId }: Pick<SepsisAlert, 'alertId' | 'survivorAlertId'>,
): LastEpisode | undefined {
  if (known?.alertId !== alertId) return known;
  return survivorAlertId === null ? undefined : { ...known, alertId: survivorAlertId };
}
