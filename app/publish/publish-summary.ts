import type { Published } from '../../connectors/fhir-producer/sending.ts';
import { fit } from '../console/width.ts';
import { grouped } from '../console/words.ts';

const LABEL = 14;

/** What was published, a line each, without colour: it may be piped into a file. */
export function renderPublished(
  { records, refused, others }: Published,
  seconds: number,
  isDryRun: boolean,
): string[] {
  const total = sum(records);
  const digits = grouped(Math.max(total, sum(refused), sum(others))).length;
  const row = (label: string, n: number, text: string): string =>
    `${fit(label, LABEL)}${grouped(n).padStart(digits)}  ${text}`.trimEnd();
  const rows = (label: string, counts: ReadonlyMap<string, number>, what = ''): string[] =>
    counts.size === 0
      ? []
      : [
          row(label, sum(counts), what),
          ...[...counts].toSorted(byCount).map(([name, n]) => row('', n, name)),
        ];
  const rate = grouped(total / Math.max(seconds, 0.001));
  return [
    ...(total === 0
      ? [row('Published', 0, '')]
      : rows('Published', records, isDryRun ? 'would be: a dry run' : '')),
    ...rows('Dead letters', refused),
    ...rows('Passed over', others, 'types that the topology reads nothing of'),
    `${fit('Time', LABEL)}${seconds.toFixed(1)} s, ${rate} records/s`,
  ];
}

const byCount = ([a, n]: readonly [string, number], [b, m]: readonly [string, number]): number =>
  m - n || (a < b ? -1 : 1);

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((all, n) => all + n, 0);
