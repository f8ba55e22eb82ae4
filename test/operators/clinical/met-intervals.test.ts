import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { criteriaOf } from '../../../operators/clinical/criterion.ts';
import { episodesFrom, freeze, HISTORY_LIMIT } from '../../../operators/clinical/episode.ts';
import { emptyIntervals, type Intervals, metIntervals } from '../../../operators/clinical/met-intervals.ts';
import { emptySeries, type Series } from '../../../operators/clinical/series.ts';
import { bruteForce, type Fact, pairForm } from '../brute-force.ts';
import { MINUTE } from '../events.ts';

const WINDOW = 360;
const CRITERIA = ['GCS', 'RR', 'SBP'] as const;

function seriesFrom(facts: readonly Fact[]): readonly Series[] {
  return CRITERIA.map((criterion) => {
    const own = facts.filter((fact) => fact.criterion === criterion).toSorted((a, b) => a.t - b.t);
    return {
      ...emptySeries(),
      count: own.length,
      time: own.map(({ t }) => t),
      met: own.map(({ abnormal }) => (abnormal ? 1 : 0)),
    };
  });
}

const intervals = (
  facts: readonly Fact[],
  semantic: 'any' | 'latest',
  window = WINDOW,
): readonly Intervals[] =>
  seriesFrom(facts).map((series) => metIntervals(series, window, semantic, emptyIntervals()));

const found = (facts: readonly Fact[], semantic: 'any' | 'latest', window = WINDOW) =>
  episodesFrom(intervals(facts, semantic, window), 2, Number.NEGATIVE_INFINITY, undefined).map(
    ({ start, end, peak, history }) => ({
      start,
      end,
      peak,
      history: history.map(({ t, met }) => ({ t, met: [...criteriaOf(met)] })),
    }),
  );

const facts = fc.array(
  fc.record({
    criterion: fc.constantFrom(...CRITERIA),
    t: fc.integer({ min: -800, max: 800 }),
    abnormal: fc.boolean(),
  }),
  { maxLength: 24 },
);

describe('when a criterion is met', () => {
  test('exactly a window apart counts, a millisecond more does not', () => {
    const rr: Fact = { criterion: 'RR', t: 0, abnormal: true };
    expect(found([rr, { criterion: 'SBP', t: WINDOW, abnormal: true }], 'any')).toMatchObject([
      { start: WINDOW, end: WINDOW + 1, peak: 2 },
    ]);
    expect(found([rr, { criterion: 'SBP', t: WINDOW + 1, abnormal: true }], 'any')).toEqual([]);
  });

  test.each(['any', 'latest'] as const)('%s is what looking at every instant finds', (semantic) => {
    fc.assert(
      fc.property(facts, (some) => {
        expect(found(some, semantic)).toEqual(bruteForce(some, WINDOW, semantic));
      }),
      { numRuns: 1_000 },
    );
  });

  test('ANY is what every pair of two abnormal values at most a window apart finds', () => {
    fc.assert(
      fc.property(facts, (some) => {
        expect(found(some, 'any').map(({ start, end }) => [start, end])).toEqual(pairForm(some, WINDOW));
      }),
      { numRuns: 1_000 },
    );
  });

  test('intervals are ascending, disjoint and never touch', () => {
    fc.assert(
      fc.property(facts, fc.constantFrom('any' as const, 'latest' as const), (some, semantic) => {
        for (const { count, from, to } of intervals(some, semantic)) {
          for (let i = 0; i < count; i++) expect(from[i]).toBeLessThan(to[i] ?? Number.NaN);
          for (let i = 1; i < count; i++) expect(to[i - 1]).toBeLessThan(from[i] ?? Number.NaN);
        }
      }),
    );
  });

  test('what is frozen at a frontier, and the facts from a window before it, tell the same as all facts', () => {
    fc.assert(
      fc.property(facts, fc.integer({ min: -400, max: 1_200 }), (some, frontier) => {
        const all = episodesFrom(intervals(some, 'any'), 2, Number.NEGATIVE_INFINITY, undefined);
        const kept = some.filter(({ t }) => t >= frontier - WINDOW);
        const rest = episodesFrom(intervals(kept, 'any'), 2, frontier, freeze(all, frontier));
        expect(rest).toEqual(all.filter(({ end }) => end >= frontier));
      }),
      { numRuns: 1_000 },
    );
  });

  test('a history that is frozen again and again is bounded, and keeps its onset and what raised its peak', () => {
    const history = Array.from({ length: 500 }, (_, i) => ({
      t: i,
      met: i === 0 ? 3 : i === 250 ? 7 : 3 + (i % 2) * 2,
    }));
    const frozen = freeze([{ start: 0, end: 1_000, peak: 3, history, historyDropped: 0 }], 900);
    expect(frozen).toMatchObject({ start: 0, peak: 3 });
    expect(frozen?.history[0]).toEqual({ t: 0, met: 3 });
    expect(frozen?.history.some(({ met }) => met === 7)).toBe(true);
    expect(frozen?.history.length).toBeLessThanOrEqual(HISTORY_LIMIT + 2);
    expect((frozen?.history.length ?? 0) + (frozen?.historyDropped ?? 0)).toBe(500);
  });
});

interface BoundaryCase {
  readonly name: string;
  readonly events: readonly {
    readonly minute: number;
    readonly kind: 'GCS' | 'RR' | 'SBP';
    readonly value: number;
  }[];
  readonly any: readonly {
    readonly startMinute: number;
    readonly endMsAfterStartOfDay: number;
    readonly peak: number;
  }[];
  readonly latest: BoundaryCase['any'];
}

const CASES = '../shared/oracle/boundary-cases.json';

describe.skipIf(!existsSync(CASES))('boundary cases written by hand', () => {
  const cases = existsSync(CASES) ? (JSON.parse(readFileSync(CASES, 'utf8')) as readonly BoundaryCase[]) : [];
  test.each(cases)('$name', ({ events, any, latest }) => {
    const usable = events.filter(({ kind, value }) =>
      kind === 'RR' ? value > 0 && value < 70 : kind === 'SBP' ? value > 0 && value < 400 : value >= 3,
    );
    const some = usable.map(
      ({ minute, kind, value }): Fact => ({
        criterion: kind,
        t: minute * MINUTE,
        abnormal: kind === 'RR' ? value >= 22 : kind === 'SBP' ? value <= 100 : value < 15,
      }),
    );
    for (const [semantic, expected] of [
      ['any', any],
      ['latest', latest],
    ] as const) {
      expect(found(some, semantic, 360 * MINUTE).map(({ start, end, peak }) => [start, end, peak])).toEqual(
        expected.map(({ startMinute, endMsAfterStartOfDay, peak }) => [
          startMinute * MINUTE,
          endMsAfterStartOfDay,
          peak,
        ]),
      );
    }
  });
});
