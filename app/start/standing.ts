import { pointsOf } from '../../operators/clinical/criterion.ts';
import { type Episode, episodesFrom } from '../../operators/clinical/episode.ts';
import { openBlock } from '../../operators/patient-window/block.ts';
import { countsOf, type PatientCounts } from '../../operators/patient-window/explain.ts';
import { intervalsOf, seriesOfBlock } from '../../operators/patient-window/facts.ts';
import { type JudgedCriterion, screenEpisode } from '../../operators/patient-window/screen.ts';
import type { ScreeningRules } from '../../operators/screening-rules.ts';
import type { CriterionView, ScoreStep } from '../console/ward-view.ts';
import { criterionView } from './criterion-view.ts';

/** How a patient stands at a time, by the screening's own functions over its own state. */
export interface Standing extends PatientCounts {
  readonly score: number;
  readonly met: readonly CriterionView[];
  readonly missing: readonly string[];
  readonly steps: readonly ScoreStep[];
}

/**
 * Reads the state of store `patients`. `now` in epoch milliseconds: values after it are not counted in score, met and
 * missing; the steps go on into the time that is projected from what is held.
 */
export function standingOf(state: Uint8Array, now: number, rules: ScreeningRules): Standing {
  const { rule, window } = rules;
  const block = openBlock(state);
  const series = seriesOfBlock(block, rule);
  const first = series.reduce(
    (least, { count, time }) => (count > 0 ? Math.min(least, time[0] ?? least) : least),
    Infinity,
  );
  const judged = screenEpisode(untilFurther(now), now, series, block.bytes, window, rule);
  // With one criterion as the bar, an "episode" is each time in which the score is not 0.
  const above0 = episodesFrom(intervalsOf(series, window, rule), 1, Number.NEGATIVE_INFINITY, undefined);
  return {
    ...countsOf(state),
    score: pointsOf(judged.met),
    met: judged.criteria.flatMap((criterion) => (criterion.met ? viewOf(criterion, now) : [])),
    missing: judged.missing,
    steps: stepsOf(above0, first),
  };
}

/** The window is judged at `now`, whether or not an episode goes on. */
const untilFurther = (now: number): Episode => ({
  start: now,
  end: Number.POSITIVE_INFINITY,
  peak: 0,
  history: [],
  historyDropped: 0,
});

function stepsOf(above0: readonly Episode[], first: number): ScoreStep[] {
  const steps: ScoreStep[] = above0.flatMap(({ history, end }) => [
    ...history.map(({ t, met }) => ({ t, score: pointsOf(met) })),
    { t: end, score: 0 },
  ]);
  return first < (steps[0]?.t ?? Infinity) ? [{ t: first, score: 0 }, ...steps] : steps;
}

const viewOf = ({ criterion, deciding }: JudgedCriterion, now: number): CriterionView[] =>
  deciding === undefined ? [] : [criterionView(criterion, { ...deciding, ageMs: now - deciding.time })];
