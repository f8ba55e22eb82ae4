import { stores } from '../../operators/stores.ts';
import { fit } from '../console/width.ts';
import { counted, grouped } from '../console/words.ts';
import { standingOf } from './standing.ts';
import { WARD_START, type WardRun } from './ward-run.ts';

/** The figures at the end of a run. */
export interface RunSummary {
  readonly wardHours: number;
  /** Of real time. */
  readonly seconds: number;
  readonly records: number;
  readonly used: number;
  readonly ignored: number;
  readonly deadLettered: Readonly<Record<string, number>>;
  readonly patients: number;
  /** With an episode that stands at the end. */
  readonly positivePatients: number;
  readonly suspectedInfections: number;
  readonly episodes: number;
  readonly open: number;
  /** Records of the alerts topic by status, in small letters. */
  readonly alerts: Readonly<Record<'raised' | 'escalated' | 'updated' | 'resolved' | 'retracted', number>>;
  /** Messages to the team; `updated`: an alert that was resolved goes on. */
  readonly pages: RunSummary['alerts'];
}

/** Reads the figures of a run that stands still. `seconds`: how long it took. */
export function summaryOf(run: WardRun, seconds: number): RunSummary {
  const { tally, book, pager, records } = run;
  const states = [...run.cluster.state(stores.patients.name)];
  const { RAISED, ESCALATED, UPDATED, RESOLVED, RETRACTED } = book.counts;
  return {
    wardHours: (run.now - WARD_START) / 3_600_000,
    seconds,
    records,
    used: records - tally.ignored - tally.dead,
    ignored: tally.ignored,
    deadLettered: tally.deadLettered,
    patients: states.length,
    positivePatients: book.positivePatients,
    suspectedInfections: states.filter(
      ([, state]) => standingOf(state, run.now, run.rules).suspectedInfection,
    ).length,
    episodes: book.episodes,
    open: book.openAlerts,
    alerts: {
      raised: RAISED,
      escalated: ESCALATED,
      updated: UPDATED,
      resolved: RESOLVED,
      retracted: RETRACTED,
    },
    pages: pager.counts,
  };
}

const LABEL = 14;

/** The summary in words, one line each, without colour: it may be piped into a file. */
export function renderSummary(summary: RunSummary): string[] {
  const { records, patients, alerts, pages } = summary;
  const digits = Math.max(...[records, patients, ...Object.values(alerts)].map((n) => grouped(n).length));
  const row = (label: string, n: number, text: string): string =>
    `${fit(label, LABEL)}${grouped(n).padStart(digits)}  ${text}`.trimEnd();
  const dead = Object.entries(summary.deadLettered).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return [
    row('Ward time', summary.wardHours, `hours in ${summary.seconds.toFixed(1)} s`),
    row('Records', records, `${grouped(summary.used)} used, ${grouped(summary.ignored)} ignored`),
    ...dead.map(([reason, n], index) => row(index === 0 ? '  dead letters' : '', n, reason)),
    row('Patients', patients, `${grouped(summary.positivePatients)} met two qSOFA criteria`),
    row('', summary.suspectedInfections, 'with suspected infection'),
    row('Episodes', summary.episodes, `${grouped(summary.open)} of them still open`),
    row('Alerts', alerts.raised, 'raised'),
    row('', alerts.escalated, 'escalated'),
    row('', alerts.updated, 'updated'),
    row('', alerts.resolved, 'resolved'),
    row('', alerts.retracted, 'retracted'),
    row(
      'Pages',
      pages.raised + pages.escalated,
      `would have been sent: ${counted(pages.raised, 'onset')} and ${counted(pages.escalated, 'escalation')}`,
    ),
    row('', pages.resolved, 'resolved'),
    row('', pages.retracted, 'withdrawn: data corrected'),
    ...(pages.updated === 0 ? [] : [row('', pages.updated, 'opened again by late data')]),
  ];
}
