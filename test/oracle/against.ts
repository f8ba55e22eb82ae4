import type { Qsofa } from '../../operators/clinical/qsofa.ts';
import { factsOf, positiveStatesOf } from '../../operators/patient-window/explain.ts';
import { hours } from '../../topology/model/time.ts';
import {
  all,
  deadLetterDifference,
  episodeDifference,
  factDifference,
  fireDifference,
  stateDifference,
} from './comparison.ts';
import {
  type EpisodeLine,
  episodesOf,
  type FactLine,
  type FireLine,
  factLine,
  firesOf,
  foldAlerts,
  type PidOf,
  type StateLine,
  stateLine,
} from './results.ts';
import type { Run } from './screening-run.ts';

/** How the alerts topic of a run differs from the oracle's episodes and fires; '' when it does not. */
export function alertsDiffer(
  { alerts }: Pick<Run, 'alerts'>,
  pidOf: PidOf,
  want: { readonly episodes: readonly EpisodeLine[]; readonly fires: readonly FireLine[] },
): string {
  const held = foldAlerts(alerts);
  return all(
    episodeDifference(episodesOf(held, pidOf), want.episodes),
    fireDifference(firesOf(held, pidOf), want.fires),
  );
}

/** A dead letter that was no record of the input (a late fact, say) has an offset that no input has. */
export const deadLettersDiffer = (
  { deadLetters }: Pick<Run, 'deadLetters'>,
  want: readonly number[],
): string =>
  deadLetterDifference(
    deadLetters.map(({ offset }) => offset ?? -1),
    want,
  );

export const factsHeld = ({ patients }: Pick<Run, 'patients'>, pidOf: PidOf, rule: Qsofa): FactLine[] =>
  [...patients].flatMap(([patient, state]) =>
    factsOf(state, rule).map((fact) => factLine(pidOf(patient), fact)),
  );

export const statesHeld = ({ patients }: Pick<Run, 'patients'>, pidOf: PidOf, rule: Qsofa): StateLine[] =>
  [...patients].flatMap(([patient, state]) =>
    positiveStatesOf(state, hours(6), rule).map((one) => stateLine(pidOf(patient), one)),
  );

/** How the final state of a run, with all facts kept, differs from the oracle's facts and positive times. */
export function heldDiffers(
  run: Pick<Run, 'patients'>,
  pidOf: PidOf,
  rule: Qsofa,
  want: { readonly facts: readonly FactLine[]; readonly states: readonly StateLine[] },
): string {
  return all(
    factDifference(factsHeld(run, pidOf, rule), want.facts),
    stateDifference(statesHeld(run, pidOf, rule), want.states),
  );
}
