import { describe, expect, type TestContext, test } from 'vitest';
import { qsofa } from '../../operators/clinical/qsofa.ts';
import { alertsDiffer, factsHeld, statesHeld } from './against.ts';
import { all, stateDifference } from './comparison.ts';
import { mimic, mimicRules } from './mimic.ts';
import { infectionsDiffer, infectionsHeld, mimicResults } from './mimic-results.ts';
import { expectRestarted } from './restarted.ts';
import { episodesOf, firesOf, foldAlerts } from './results.ts';
import { run } from './screening-run.ts';
import { needs } from './shared-files.ts';

const ROUND = 5_000;
const latest = { ...qsofa, semantic: 'latest' } as const;

function needsMimic(context: TestContext): void {
  needs(context, 'data/mimic-iii-demo');
  needs(context, 'oracle/mimic-iii-demo');
}

describe('MIMIC-III demo, four topics, as it was charted', () => {
  test('the defaults raise the episodes and fires of the oracle, and find the suspected infections', async (context) => {
    needsMimic(context);
    const { records, pidOf } = mimic();
    const want = mimicResults();
    const done = await run(records, { rules: mimicRules({}), restarts: 'none', round: ROUND });
    expect(all(alertsDiffer(done, pidOf, want.any), infectionsDiffer(done, pidOf, want))).toBe('');
    expect(done.deadLetters).toEqual([]);
    const held = foldAlerts(done.alerts);
    const fires = firesOf(held, pidOf);
    expect({
      episodes: held.length,
      fires: fires.length,
      escalations: fires.filter(({ why }) => why === 'escalation').length,
      positive: new Set(held.map(({ patient }) => patient)).size,
      infected: infectionsHeld(done, pidOf).length,
    }).toEqual({ episodes: 510, fires: 601, escalations: 91, positive: 83, infected: 71 });
  });

  test('with restarts and all facts kept: the same, and the positive times of ANY and of LATEST', async (context) => {
    needsMimic(context);
    const { records, pidOf } = mimic();
    const want = mimicResults();
    const done = await run(records, {
      rules: mimicRules({ retain: 'all' }),
      restarts: 'with snapshots',
      round: ROUND,
    });
    expect(
      all(
        alertsDiffer(done, pidOf, want.any),
        stateDifference(statesHeld(done, pidOf, qsofa), want.any.states),
        stateDifference(statesHeld(done, pidOf, latest), want.latestStates),
        infectionsDiffer(done, pidOf, want),
      ),
    ).toBe('');
    const facts = factsHeld(done, pidOf, qsofa);
    const kinds = Object.keys(want.summary.events_by_kind);
    const counts = kinds.map((kind) => [kind, facts.filter((fact) => fact.kind === kind).length]);
    expect(Object.fromEntries(counts)).toEqual(want.summary.events_by_kind);
    expect(facts).toHaveLength(want.summary.events);
    expectRestarted(done, 'with snapshots');
  });

  test('LATEST as the trigger: as many episodes and fires as the oracle counts, and positive at just its times', async (context) => {
    needsMimic(context);
    const { records, pidOf } = mimic();
    const { latestStates, summary } = mimicResults();
    const done = await run(records, {
      rules: mimicRules({ rule: latest }),
      restarts: 'with snapshots',
      round: ROUND,
    });
    const held = foldAlerts(done.alerts);
    const episodes = episodesOf(held, pidOf);
    const fires = firesOf(held, pidOf);
    expect({
      states: latestStates.length,
      episodes: episodes.length,
      fires: fires.length,
      escalations: fires.filter(({ why }) => why === 'escalation').length,
      patients_positive: new Set(episodes.map(({ pid }) => pid)).size,
    }).toEqual({
      states: summary.latest.states,
      episodes: 1_064,
      fires: 1_128,
      escalations: summary.latest.escalations,
      patients_positive: 80,
    });
    // The oracle lists no episodes of LATEST: each begins at one of its positive times, and covers those that follow.
    const positive = new Map(latestStates.map((state) => [`${state.pid} ${state.t}`, state]));
    const onsets = episodes.map(({ pid, start }) => positive.get(`${pid} ${start}`)?.met);
    expect(onsets).toEqual(episodes.map(({ onset_met }) => onset_met));
    const covering = ({ pid, t }: { pid: string; t: string }): number =>
      episodes.filter((episode) => episode.pid === pid && episode.start <= t && t < episode.end).length;
    expect(latestStates.filter((state) => covering(state) !== 1)).toEqual([]);
  });
});
