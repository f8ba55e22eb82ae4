import { stores } from '../../operators/stores.ts';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import type { AlertView, PageView, PatientView, WardView } from '../console/ward-view.ts';
import { isOpen } from './alert-book.ts';
import { standingOf } from './standing.ts';
import { bedOf } from './ward-feed.ts';
import type { WardRun } from './ward-run.ts';

/** One frame: the patients from the topology's committed state, the alerts as folded from their topic. */
export function wardViewOf(run: WardRun, speed: number, pages: readonly PageView[]): WardView {
  const { tally, book, records, now } = run;
  const alerts = book.byPatient();
  return {
    now,
    speed,
    counts: {
      records,
      used: records - tally.ignored - tally.dead,
      ignored: tally.ignored,
      deadLettered: tally.deadLettered,
      alerts: book.records,
    },
    patients: [...run.cluster.state(stores.patients.name)].map(([patient, state]) =>
      patientView(run, patient, state, alerts.get(patient) ?? []),
    ),
    pages,
  };
}

function patientView(
  run: WardRun,
  patient: string,
  state: Uint8Array,
  alerts: readonly SepsisAlert[],
): PatientView {
  const { score, met, missing, steps } = standingOf(state, run.now, run.rules);
  const open = alerts.filter(isOpen).sort((a, b) => b.start - a.start)[0];
  return {
    bed: bedOf(patient),
    score,
    met,
    missing,
    alert: open === undefined ? null : alertView(open, run.now),
    steps,
    episodes: alerts.map(({ start, end }) => ({ start, end })),
  };
}

const alertView = (
  { alertId, peak, start, end, suspectedInfection, lactate }: SepsisAlert,
  now: number,
): AlertView => ({
  id: alertId,
  peak,
  since: start,
  end,
  suspectedInfection: suspectedInfection !== null,
  lactate: lactate === null ? null : { value: lactate.value, ageMs: now - lactate.time },
});
