import { alertEpisodes } from '../../operators/alert-episodes.ts';
import type { AlertState } from '../../operators/alerts/alert-state.ts';
import { recallAlerts } from '../../operators/alerts/recall-alerts.ts';
import type { PatientScreen } from '../../operators/patient-window/screen.ts';
import { scorePatient } from '../../operators/score-patient.ts';
import { type ScreeningRules, screeningRules } from '../../operators/screening-rules.ts';
import { stores } from '../../operators/stores.ts';
import { avroCodec } from '../../schemas/codecs/avro.ts';
import type { ClinicalEvent } from '../../schemas/generated/clinical-event.ts';
import { type SepsisAlert, sepsisAlertSchema } from '../../schemas/generated/sepsis-alert.ts';
import { isVerdict, type Verdict } from '../../topology/model/outcome.ts';
import type { FoldResult } from '../../topology/model/step.ts';
import { instant } from '../../topology/model/time.ts';
import { topic } from '../../topology/model/topic.ts';
import { asRead } from './as-read.ts';

const ALERTS = topic<SepsisAlert>(
  'clinical.alerts.sepsis',
  avroCodec(sepsisAlertSchema, { id: 1, name: 'avro SepsisAlert' }),
);

/**
 * One patient's two folds, run as the engine runs them: states go through their codecs between any two records,
 * the bytes of a state are copied before the next step, and what is kept of one is frozen.
 */
export class Journal {
  readonly rules: ScreeningRules;
  readonly alerts: SepsisAlert[] = [];
  readonly verdicts: Verdict[] = [];
  readonly screens: PatientScreen[] = [];
  readonly #patients;
  readonly #episodes;
  #window: Uint8Array | undefined;
  #held: Uint8Array | undefined;
  #offset = 0;

  constructor(own: Partial<ScreeningRules> = {}) {
    this.rules = screeningRules(own);
    this.#patients = scorePatient(this.rules);
    this.#episodes = alertEpisodes(this.rules);
  }

  /** The records that this event caused; the engine writes it at `writtenAt`, epoch milliseconds. */
  add(event: ClinicalEvent, writtenAt = 0): readonly SepsisAlert[] {
    const from = this.alerts.length;
    const position = { topic: 'sepsis.clinical-events.by-patient', partition: 0, offset: this.#offset++ };
    const record = { key: event.patient, position, timestamp: writtenAt };
    const [next, outputs] = this.#patients.step(this.#window, { ...record, value: event });
    if (next !== this.#window) this.#window = next === undefined ? undefined : Uint8Array.from(next);
    for (const output of outputs) {
      if (isVerdict(output)) this.verdicts.push(output);
      else {
        this.screens.push(output);
        this.#settle(this.#episodes.step(this.#alertState(), { ...record, value: output }));
      }
    }
    return this.alerts.slice(from);
  }

  addAll(events: readonly ClinicalEvent[]): this {
    for (const event of events) this.add(event);
    return this;
  }

  /** Begins anew with what the alerts so far tell of themselves: the window is empty, as behind a log that was cut. */
  recalled(): Journal {
    const next = new Journal(this.rules);
    let state: AlertState | undefined;
    const recall = recallAlerts(ALERTS).step;
    for (const alert of this.alerts) state = recall(state, ALERTS.value.decode(ALERTS.value.encode(alert)));
    next.#held = state === undefined ? undefined : stores.episodes.state.encode(asRead(state));
    return next;
  }

  /** As the engine: only a patient who waits for this tick hears it. */
  tick(time: number): readonly SepsisAlert[] {
    const from = this.alerts.length;
    const state = this.#alertState();
    const due = state === undefined ? undefined : this.#episodes.due?.(state);
    if (state !== undefined && due !== undefined && due <= time && this.#episodes.onTick !== undefined) {
      this.#settle(this.#episodes.onTick(state, '', instant(time)));
    }
    return this.alerts.slice(from);
  }

  /** The patient's state; undefined before the first record that changes it. */
  get window(): Uint8Array | undefined {
    return this.#window;
  }

  get held(): AlertState | undefined {
    return this.#alertState();
  }

  #alertState(): AlertState | undefined {
    return this.#held === undefined ? undefined : stores.episodes.state.decode(this.#held);
  }

  #settle([state, outputs]: FoldResult<AlertState, SepsisAlert>): void {
    this.#held = state === undefined ? undefined : stores.episodes.state.encode(asRead(state));
    for (const output of outputs) if (!isVerdict(output)) this.alerts.push(output);
  }
}

/** The last record of each alert, retracted ones dropped, by start. */
export function folded(alerts: readonly SepsisAlert[]): readonly SepsisAlert[] {
  const last = new Map(alerts.map((alert) => [alert.alertId, alert]));
  return [...last.values()]
    .filter(({ status }) => status !== 'RETRACTED')
    .sort((a, b) => a.start - b.start || (a.alertId < b.alertId ? -1 : 1));
}

export interface FoldedEpisode {
  readonly start: number;
  readonly end: number;
  readonly peak: number;
  readonly history: readonly { readonly t: number; readonly met: readonly string[] }[];
}

/** What a fold of the alerts says about episodes, without ids. */
export const episodesOf = (alerts: readonly SepsisAlert[]): readonly FoldedEpisode[] =>
  folded(alerts).map(({ start, end, peak, history }) => ({
    start,
    end,
    peak,
    history: history.map(({ t, met }) => ({ t, met })),
  }));

/** Status and reason of each record, in the order written. */
export const story = (alerts: readonly SepsisAlert[]): readonly string[] =>
  alerts.map(({ status, reason }) => `${status} ${reason}`);
