import type { Criterion, ScoreChange, SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { instant, isoOf } from '../../topology/model/time.ts';

/** A line of `episodes.jsonl`. */
export interface EpisodeLine {
  readonly patient: string;
  readonly start: string;
  readonly end: string;
  readonly peak: number;
  readonly onset_met: readonly Criterion[];
}

/** A line of `fires.jsonl`. */
export interface FireLine {
  readonly patient: string;
  readonly t: string;
  readonly score: number;
  readonly why: 'onset' | 'escalation';
  readonly met: readonly Criterion[];
}

interface Held {
  readonly patient: string;
  readonly start: number;
  readonly end: number;
  readonly peak: number;
  /** The onset, and every change to a score higher than all before. */
  readonly rises: readonly ScoreChange[];
}

/**
 * Folds the alerts topic as any consumer would: the last record of an alert id is its episode, a retracted one is none.
 * Holds of each episode what the results need, not the alert.
 */
export class EpisodeFold {
  readonly #held = new Map<string, Held>();

  add(alert: SepsisAlert): void {
    if (alert.status === 'RETRACTED') {
      this.#held.delete(alert.alertId);
      return;
    }
    const { patient, start, end, peak, history } = alert;
    this.#held.set(alert.alertId, { patient, start, end, peak, rises: risesOf(history) });
  }

  /** By patient and start. */
  *episodes(): Generator<EpisodeLine> {
    for (const { patient, start, end, peak, rises } of this.#sorted()) {
      const onset = rises[0]?.met ?? [];
      yield { patient, start: iso(start), end: iso(end), peak, onset_met: onset.toSorted() };
    }
  }

  /** By patient and time. */
  *fires(): Generator<FireLine> {
    for (const { patient, rises } of this.#sorted()) {
      for (const [i, { t, score, met }] of rises.entries()) {
        yield { patient, t: iso(t), score, why: i === 0 ? 'onset' : 'escalation', met: met.toSorted() };
      }
    }
  }

  get counts(): { positivePatients: number; episodes: number; fires: number; escalations: number } {
    const held = [...this.#held.values()];
    const fires = held.reduce((sum, { rises }) => sum + rises.length, 0);
    return {
      positivePatients: new Set(held.map(({ patient }) => patient)).size,
      episodes: held.length,
      fires,
      escalations: fires - held.length,
    };
  }

  #sorted(): Held[] {
    return [...this.#held.values()].sort(
      (a, b) => byText(a.patient, b.patient) || a.start - b.start || a.end - b.end,
    );
  }
}

const iso = (t: number): string => isoOf(instant(t));

/** By UTF-16 code units: the same on every machine. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A history may leave out changes of a long episode, but never its onset nor one that raised the peak. */
function risesOf(history: readonly ScoreChange[]): ScoreChange[] {
  let highest = 0;
  return history.filter(({ score }) => {
    const rises = score > highest;
    highest = Math.max(highest, score);
    return rises;
  });
}
