import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Known, matchEpisodes, type Span } from '../../../operators/alerts/match-episodes.ts';

const known = (opened: number, start: number, end: number): Known => ({ opened, start, end });
const span = (start: number, end: number): Span => ({ start, end });

/** Disjoint spans that do not touch, ascending: what a list of episodes is. */
const spans = fc.uniqueArray(fc.nat({ max: 60 }), { maxLength: 10 }).map((edges) => {
  const sorted = edges.toSorted((a, b) => a - b);
  return sorted.flatMap((start, i) =>
    i % 2 === 0 && sorted[i + 1] !== undefined ? [span(start, sorted[i + 1] ?? 0)] : [],
  );
});

describe('which alert stands for which episode', () => {
  test('an episode that moved keeps its alert', () => {
    expect(matchEpisodes([known(0, 10, 20)], [span(5, 18)])).toMatchObject({
      kept: [[{ opened: 0 }, { start: 5 }]],
      fresh: [],
      merged: [],
      gone: [],
    });
  });

  test('episodes that only touch are not the same', () => {
    expect(matchEpisodes([known(0, 10, 20)], [span(20, 30)])).toMatchObject({
      kept: [],
      fresh: [{ start: 20 }],
      gone: [{ opened: 0 }],
    });
  });

  test('of a merger the alert opened first lives, though it is the later in time', () => {
    const { kept, merged } = matchEpisodes([known(1, 0, 5), known(0, 10, 15)], [span(0, 15)]);
    expect(kept).toMatchObject([[{ opened: 0 }, { start: 0 }]]);
    expect(merged).toMatchObject([[{ opened: 1 }, { opened: 0 }]]);
  });

  test('of a split the earlier part keeps the alert', () => {
    expect(matchEpisodes([known(0, 0, 30)], [span(0, 10), span(20, 30)])).toMatchObject({
      kept: [[{ opened: 0 }, { start: 0 }]],
      fresh: [{ start: 20 }],
    });
  });

  test('no alert is lost, none stands for two episodes, no episode has two', () => {
    fc.assert(
      fc.property(spans, spans, fc.infiniteStream(fc.nat()), (before, after, order) => {
        const alerts = before
          .map((s, i) => ({ ...s, opened: i, key: [...order.take(1)][0] ?? 0 }))
          .sort((a, b) => a.key - b.key);
        const { kept, fresh, merged, gone } = matchEpisodes(
          alerts.map((a, opened) => ({ ...a, opened })),
          after,
        );
        expect(kept.length + merged.length + gone.length).toBe(before.length);
        expect(kept.length + fresh.length).toBe(after.length);
        expect(new Set(kept.map(([, e]) => e.start)).size).toBe(kept.length);
        const keptIds = new Set(kept.map(([k]) => k.opened));
        for (const [loser, survivor] of merged) {
          expect(keptIds.has(survivor.opened)).toBe(true);
          expect(survivor.opened).toBeLessThan(loser.opened);
        }
        for (const alert of gone)
          expect(after.some((e) => e.start < alert.end && alert.start < e.end)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
