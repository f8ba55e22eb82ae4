/** Everything that one frame of the live view shows. Times are epoch milliseconds, ages milliseconds. */
export interface WardView {
  /** The ward's own clock. */
  readonly now: number;
  /** Simulated seconds in a real second; 1 for a live feed. */
  readonly speed: number;
  readonly counts: Counts;
  /** In any order; the view sorts them. */
  readonly patients: readonly PatientView[];
  /** What would have been sent to the team, oldest first. */
  readonly pages: readonly PageView[];
}

export interface Counts {
  readonly records: number;
  readonly used: number;
  readonly ignored: number;
  /** By reason code. */
  readonly deadLettered: Readonly<Record<string, number>>;
  /** Records on the alerts topic. */
  readonly alerts: number;
}

export interface PatientView {
  readonly bed: string;
  /** Criteria met in the window that ends now, 0 to 3. */
  readonly score: number;
  /** The criteria met, each with the value that decides it. */
  readonly met: readonly CriterionView[];
  /** Criteria without any usable value in the window: not met, which is not the same as normal. */
  readonly missing: readonly string[];
  /** The open alert; null: none. */
  readonly alert: AlertView | null;
  /** The score from each time on until the next step; before the first step nothing is known. */
  readonly steps: readonly ScoreStep[];
  readonly episodes: readonly EpisodeSpan[];
}

export interface CriterionView {
  readonly criterion: 'GCS' | 'RR' | 'SBP';
  /** In the unit; null where the value is words, see `words`. */
  readonly value: number | null;
  /** UCUM: `/min`, `mm[Hg]`, `{score}`. */
  readonly unit: string;
  /** For mentation without a score, for instance `not alert`. */
  readonly words?: string;
  readonly ageMs: number;
  readonly preliminary: boolean;
  readonly unitAssumed: boolean;
}

export interface AlertView {
  readonly id: string;
  readonly peak: number;
  readonly since: number;
  /** Exclusive; the end if no further abnormal value comes. */
  readonly end: number;
  readonly suspectedInfection: boolean;
  /** mmol/L; null: none known. */
  readonly lactate: { readonly value: number; readonly ageMs: number } | null;
}

export interface ScoreStep {
  readonly t: number;
  readonly score: number;
}

/** `end` is exclusive; it may lie in the future. */
export interface EpisodeSpan {
  readonly start: number;
  readonly end: number;
}

export type AlertStatus = 'raised' | 'escalated' | 'updated' | 'resolved' | 'retracted';

/** A page that would have been sent: nothing in it says who the patient is or what was measured. */
export interface PageView {
  readonly t: number;
  readonly bed: string;
  readonly status: AlertStatus;
  readonly score: number;
  readonly alertId: string;
}
