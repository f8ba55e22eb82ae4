/** A length of time in milliseconds. Branded, so a bare number never passes for one. */
export type Duration = number & { readonly __unit: 'milliseconds' };

/** A point in time: milliseconds since 1970-01-01T00:00:00Z. May be negative (births before 1970). */
export type Instant = number & { readonly __unit: 'epoch-milliseconds' };

export const milliseconds = (n: number): Duration => n as Duration;
export const seconds = (n: number): Duration => (n * 1_000) as Duration;
export const minutes = (n: number): Duration => (n * 60_000) as Duration;
export const hours = (n: number): Duration => (n * 3_600_000) as Duration;
export const days = (n: number): Duration => (n * 86_400_000) as Duration;

/** No bound: facts are kept for ever and nothing is ever late. */
export const unlimited: Duration = Number.POSITIVE_INFINITY as Duration;

export const instant = (epochMilliseconds: number): Instant => epochMilliseconds as Instant;

/** `YYYY-MM-DDTHH:MM:SS.sssZ`, the only form in which times leave the process as text. */
export const isoOf = (t: Instant): string => new Date(t).toISOString();

const UNIT: Readonly<Record<string, (n: number) => Duration>> = {
  ms: milliseconds,
  s: seconds,
  m: minutes,
  h: hours,
  d: days,
};

/**
 * Reads `90s`, `15m`, `24h`, `7d`, `500ms`, `0` or `unlimited`.
 * Returns null for anything else; the caller names the option and the mend.
 */
export function durationOf(text: string): Duration | null {
  if (text === 'unlimited') return unlimited;
  if (text === '0') return milliseconds(0);
  const match = /^(\d{1,12}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text);
  const unit = match?.[2] === undefined ? undefined : UNIT[match[2]];
  return match === null || unit === undefined ? null : unit(Number(match[1]));
}
