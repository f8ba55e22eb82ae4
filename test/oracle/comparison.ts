import type { EpisodeLine, FactLine, FireLine, StateLine } from './results.ts';

/** How many lines of each side a difference shows. */
const SHOWN = 5;

/**
 * Two lists as multisets: '' when equal, else what is missing and what is too much, the first few lines of each.
 * `lineOf` says what of a result counts.
 */
export function difference<T>(
  name: string,
  got: readonly T[],
  want: readonly T[],
  lineOf: (one: T) => string,
): string {
  const surplus = new Map<string, number>();
  for (const one of got) surplus.set(lineOf(one), (surplus.get(lineOf(one)) ?? 0) + 1);
  for (const one of want) surplus.set(lineOf(one), (surplus.get(lineOf(one)) ?? 0) - 1);
  const repeated = (line: string, times: number): string[] => Array.from({ length: times }, () => line);
  const extra = [...surplus].flatMap(([line, n]) => (n > 0 ? repeated(line, n) : [])).toSorted();
  const missing = [...surplus].flatMap(([line, n]) => (n < 0 ? repeated(line, -n) : [])).toSorted();
  if (extra.length === 0 && missing.length === 0) return '';
  const shown = (sign: string, lines: readonly string[]): string[] => [
    ...lines.slice(0, SHOWN).map((line) => `  ${sign} ${line}`),
    ...(lines.length > SHOWN ? [`  ${sign} and ${lines.length - SHOWN} more`] : []),
  ];
  const head = `${name}: ${got.length} instead of ${want.length}; ${missing.length} missing (-), ${extra.length} too much (+)`;
  return [head, ...shown('-', missing), ...shown('+', extra)].join('\n');
}

export const episodeDifference = (got: readonly EpisodeLine[], want: readonly EpisodeLine[]): string =>
  difference('episodes', got, want, ({ pid, start, end, peak, onset_met }) =>
    JSON.stringify({ pid, start, end, peak, onset_met }),
  );

export const fireDifference = (got: readonly FireLine[], want: readonly FireLine[]): string =>
  difference('fires', got, want, ({ pid, t, score, why, met }) =>
    JSON.stringify({ pid, t, score, why, met }),
  );

export const stateDifference = (got: readonly StateLine[], want: readonly StateLine[]): string =>
  difference('states', got, want, ({ pid, t, score, met }) => JSON.stringify({ pid, t, score, met }));

/** Values count to the third decimal: conversions of units need not round alike. */
export const factDifference = (got: readonly FactLine[], want: readonly FactLine[]): string =>
  difference('facts', got, want, ({ pid, kind, t, value, id }) =>
    JSON.stringify({ pid, kind, t, value: Math.round(value * 1_000) / 1_000, id }),
  );

/** Offsets of the records that became dead letters, each once. */
export const deadLetterDifference = (got: readonly number[], want: readonly number[]): string =>
  difference('dead letters', got, want, (offset) => `offset ${offset}`);

/** All differences that there are, as one text. */
export const all = (...differences: readonly string[]): string =>
  differences.filter((text) => text !== '').join('\n');
