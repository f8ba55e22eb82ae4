export const MINUTE = 60_000;
export const HOUR: number = 60 * MINUTE;

/** A zone offset as FHIR writes it, with the minutes that it stands for. */
export type Zone = readonly [suffix: string, minutes: number];

export const ZONES: readonly [Zone, ...Zone[]] = [
  ['Z', 0],
  ['+01:00', 60],
  ['-05:00', -300],
  ['+05:30', 330],
];

const UTC: Zone = ['Z', 0];

/** FHIR `instant` in a zone, `2026-01-05T09:30:00.000+01:00`; the milliseconds are kept unless `short`. */
export function instantIn(epochMs: number, zone: Zone = UTC, short = false): string {
  const local = new Date(epochMs + zone[1] * MINUTE).toISOString();
  return (short ? local.slice(0, 19) : local.slice(0, 23)) + zone[0];
}

/** FHIR `date` in UTC: too coarse for a window of hours. */
export const dateOf = (epochMs: number): string => instantIn(epochMs).slice(0, 10);
