import { days } from '../../topology/model/time.ts';

/** Milliseconds of a retention in days, or in hours below two days; -1, as Kafka writes for ever, in words. */
export function timeOf(retention: number): string {
  if (retention === -1) return 'for ever';
  if (!Number.isFinite(retention)) return 'unknown';
  const rounded = (n: number): string => String(Math.round(n * 100) / 100);
  return retention >= days(2)
    ? `${rounded(retention / days(1))} days`
    : `${rounded(retention / (days(1) / 24))} hours`;
}
