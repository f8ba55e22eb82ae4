import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { type Danger, risesBeyond } from './danger.ts';
import type { PagePolicy } from './page-policy.ts';
import type { LastEpisode, Page, PageCause } from './patient-pages.ts';

/** What somebody would be paged for. */
interface Wanted {
  readonly alert: SepsisAlert;
  readonly danger: Danger;
  readonly cause: PageCause;
  /** Pages of the same alert. */
  readonly pages: readonly Page[];
}

/** Whether an episode begins so soon after the last one that it is the same. */
export const isSoon = ({ start }: SepsisAlert, { end }: LastEpisode, refractory: number): boolean =>
  start <= end + refractory;

/** Until when what the team was told of the last episode stands for this one too; undefined: it does not. */
export function heldByLast(
  last: LastEpisode | undefined,
  { alert, danger, cause, pages }: Wanted,
  now: number,
  { refractory }: PagePolicy,
): number | undefined {
  if (last === undefined || now >= last.until || risesBeyond(danger, last.told).length > 0) return undefined;
  if (cause === 'onset') return isSoon(alert, last, refractory) ? last.until : undefined;
  if (cause !== 'again') return undefined;
  const resolved = pages.filter(({ why }) => why === 'window-emptied').map((page) => page.resolved ?? 0);
  return now <= Math.max(...resolved) + refractory ? last.until : undefined;
}
