import type { Qsofa } from '../../operators/clinical/qsofa.ts';
import { factsOf, positiveStatesOf } from '../../operators/patient-window/explain.ts';
import { instant, isoOf } from '../../topology/model/time.ts';
import { byText } from './episode-fold.ts';

/** The final state of a patient. */
export type PatientState = readonly [patient: string, state: Uint8Array];

const iso = (t: number): string => isoOf(instant(t));

/** Lines of `facts.jsonl`: every usable value as finally held, by patient, time and kind. */
export function* factLines(patients: readonly PatientState[], rule: Qsofa): Generator<string> {
  for (const [patient, state] of patients) {
    const facts = factsOf(state, rule).toSorted(
      (a, b) => a.t - b.t || byText(a.kind, b.kind) || a.value - b.value || byText(a.id, b.id),
    );
    for (const { kind, t, value, id } of facts) yield JSON.stringify({ patient, kind, t: iso(t), value, id });
  }
}

/** Lines of `states.jsonl`: every distinct time of a usable value at which the rule is positive, by patient and time. */
export function* stateLines(
  patients: readonly PatientState[],
  windowMs: number,
  rule: Qsofa,
): Generator<string> {
  for (const [patient, state] of patients) {
    for (const { t, score, met } of positiveStatesOf(state, windowMs, rule)) {
      yield JSON.stringify({ patient, t: iso(t), score, met: met.toSorted() });
    }
  }
}
