import { fit } from './width.ts';
import { counted, grouped } from './words.ts';

/** The figures of `summary.json`. */
export interface ReplaySummary {
  readonly records: number;
  readonly used: number;
  readonly ignored: Readonly<Record<string, number>>;
  readonly deadLettered: Readonly<Record<string, number>>;
  readonly patients: number;
  readonly positivePatients: number;
  readonly episodes: number;
  readonly fires: number;
  readonly escalations: number;
  readonly suspectedInfections: number;
  readonly pagesPerPatientDay: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly recordsPerCpuSecond: number;
}

const LABEL = 14;

/** The summary in words, one line each, without colour: it may be piped into a file. */
export function renderReplaySummary(summary: ReplaySummary): string[] {
  const { records, used, ignored, deadLettered, patients, positivePatients, episodes, fires, escalations } =
    summary;
  const digits = Math.max(
    ...[records, patients, episodes, fires, summary.recordsPerCpuSecond].map((n) => grouped(n).length),
  );
  const row = (label: string, n: number, text: string): string =>
    `${fit(label, LABEL)}${grouped(n).padStart(digits)}  ${text}`.trimEnd();
  const reasons = (label: string, by: Readonly<Record<string, number>>): string[] =>
    mostFirst(by).map(([reason, n], index) => row(index === 0 ? `  ${label}` : '', n, reason));
  return [
    row('Records', records, `read: ${share(used, records)} used`),
    ...reasons('ignored', ignored),
    ...reasons('dead letters', deadLettered),
    row('Patients', patients, `seen: ${share(positivePatients, patients)} met two qSOFA criteria`),
    row('', summary.suspectedInfections, 'with suspected infection'),
    row('Episodes', episodes, ''),
    row('Pages', fires, `${counted(fires - escalations, 'onset')} and ${counted(escalations, 'escalation')}`),
    `${' '.repeat(LABEL + digits)}  ${rate(summary.pagesPerPatientDay)} for each patient-day, before the policy of pages`,
    row(
      'Speed',
      summary.recordsPerCpuSecond,
      `records per CPU-second (${duration(summary.seconds)}, ${duration(summary.cpuSeconds)} of CPU)`,
    ),
  ];
}

const mostFirst = (by: Readonly<Record<string, number>>): [string, number][] =>
  Object.entries(by).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));

/** `83 (85 %)`; a share of nothing has no percentage. */
const share = (part: number, whole: number): string =>
  whole === 0 ? grouped(part) : `${grouped(part)} (${percent(part / whole)})`;

/** Never 100 % of less than all, never 0 % of more than nothing. */
function percent(share: number): string {
  if (share > 0 && share < 0.01) return 'under 1 %';
  return share < 1 && share > 0.99 ? 'over 99 %' : `${Math.round(share * 100)} %`;
}

const rate = (pages: number): string => (pages > 0 && pages < 0.01 ? 'under 0.01' : pages.toFixed(2));

const duration = (seconds: number): string =>
  seconds < 100 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
