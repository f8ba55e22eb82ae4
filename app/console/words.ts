import type { CriterionView, PageView } from './ward-view.ts';

const MINUTE = 60_000;
/** As a person at the bedside writes UCUM. */
const UNITS: Readonly<Record<string, string>> = { '/min': '/min', 'mm[Hg]': ' mmHg', '{score}': '' };

/** `4m`, `99m`, `5h`, `3d`: an age in at most three characters up to 99 days. */
export function age(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / MINUTE));
  if (minutes < 100) return `${minutes}m`;
  return minutes < 100 * 60 ? `${Math.floor(minutes / 60)}h` : `${Math.floor(minutes / 1_440)}d`;
}

/** `08:42` UTC. */
export const clockTime = (t: number): string => new Date(t).toISOString().slice(11, 16);

/** `Mon 05 Jan 08:42 UTC`. */
export function dayTime(t: number): string {
  const [day, month] = [new Date(t).toUTCString().slice(0, 3), new Date(t).toUTCString().slice(5, 11)];
  return `${day} ${month} ${clockTime(t)} UTC`;
}

/** `18,022`; the same on every machine. */
export const grouped = (n: number): string => String(Math.round(n)).replace(/\B(?=(?:\d{3})+$)/g, ',');

/** `1 patient`, `2 patients`. */
export const counted = (n: number, one: string, many = `${one}s`): string =>
  `${grouped(n)} ${n === 1 ? one : many}`;

/** `RR 28/min 4m`; `*` marks a preliminary value, `?` an assumed unit. */
export function criterionText(criterion: CriterionView): string {
  const { value, words, unit, ageMs, preliminary, unitAssumed } = criterion;
  const measured = value === null ? ` ${words ?? 'altered'}` : ` ${short(value)}${UNITS[unit] ?? ` ${unit}`}`;
  const marks = `${preliminary ? '*' : ''}${unitAssumed ? '?' : ''}`;
  return `${criterion.criterion}${measured}${marks} ${age(ageMs)}`;
}

/** At most one decimal; 99.76 mm[Hg] is shown as 99.8 and was compared unrounded. */
const short = (value: number): string => String(Math.round(value * 10) / 10);

/** Enough of an alert id to find it again. */
export const shortId = (id: string): string => id.slice(0, 8);

/** The page as it would be read: bed, score and alert, and nothing that was measured. */
export function pageText({ bed, status, score, alertId }: PageView): string {
  return `bed ${bed} ${PAGE[status](score)} (alert ${shortId(alertId)})`;
}

const PAGE: Readonly<Record<PageView['status'], (score: number) => string>> = {
  raised: (score) => `meets ${score} of 3 qSOFA criteria`,
  escalated: (score) => `now meets ${score} of 3 qSOFA criteria`,
  updated: (score) => `still meets ${score} of 3 qSOFA criteria`,
  resolved: () => 'no longer meets qSOFA criteria',
  retracted: () => 'withdrawn: data corrected',
};
