import type { HeldFact, HeldState } from '../../operators/patient-window/explain.ts';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';

/** Results in the form in which the oracle states them: times as text, `pid` its own name of the patient. */
export interface EpisodeLine {
  readonly pid: string;
  readonly start: string;
  readonly end: string;
  readonly peak: number;
  readonly onset_met: readonly string[];
}

export interface FireLine {
  readonly pid: string;
  readonly t: string;
  readonly score: number;
  readonly why: string;
  readonly met: readonly string[];
}

export interface StateLine {
  readonly pid: string;
  readonly t: string;
  readonly score: number;
  readonly met: readonly string[];
}

export interface FactLine {
  readonly pid: string;
  readonly kind: string;
  readonly t: string;
  readonly value: number;
  readonly id: string;
}

export type PidOf = (patient: string) => string;

const iso = (t: number): string => new Date(t).toISOString();

/** What a reader of the alerts topic holds in the end: the last record of each alert, retracted ones dropped. */
export function foldAlerts(records: Iterable<SepsisAlert>): SepsisAlert[] {
  const last = new Map<string, SepsisAlert>();
  for (const alert of records) last.set(alert.alertId, alert);
  return [...last.values()].filter(({ status }) => status !== 'RETRACTED');
}

export const episodesOf = (alerts: readonly SepsisAlert[], pidOf: PidOf): EpisodeLine[] =>
  alerts.map(({ patient, start, end, peak, history }) => ({
    pid: pidOf(patient),
    start: iso(start),
    end: iso(end),
    peak,
    onset_met: history[0]?.met ?? [],
  }));

/** The onset of each episode, and each rise of its score above the highest before. */
export const firesOf = (alerts: readonly SepsisAlert[], pidOf: PidOf): FireLine[] =>
  alerts.flatMap(({ patient, history }) => {
    let peak = 0;
    return history.flatMap(({ t, score, met }): FireLine[] => {
      if (score <= peak) return [];
      const why = peak === 0 ? 'onset' : 'escalation';
      peak = score;
      return [{ pid: pidOf(patient), t: iso(t), score, why, met }];
    });
  });

export const stateLine = (pid: string, { t, score, met }: HeldState): StateLine => ({
  pid,
  t: iso(t),
  score,
  met,
});

export const factLine = (pid: string, { kind, t, value, id }: HeldFact): FactLine => ({
  pid,
  kind,
  t: iso(t),
  value,
  id,
});
