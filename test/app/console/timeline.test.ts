import { describe, expect, test } from 'vitest';
import type { Span } from '../../../app/console/line.ts';
import { episodeMarks, scoreTimeline } from '../../../app/console/timeline.ts';
import { patient } from './sample-view.ts';

const HOUR = 3_600_000;
/** In the middle of an hour, so that each of twelve columns is an hour by the clock. */
const NOW = Date.UTC(2026, 0, 5, 12, 30);
const at = (hour: number, minute = 0): number => Date.UTC(2026, 0, 5, hour, minute);
const text = (spans: readonly Span[]): string => spans.map(([piece]) => piece).join('');
const ASCII = { colour: false, unicode: false };
const UNICODE = { colour: false, unicode: true };

describe('the time line', () => {
  const steps = [
    { t: at(3), score: 0 },
    { t: at(5, 10), score: 2 },
    { t: at(5, 20), score: 1 },
    { t: at(9), score: 3 },
  ];

  test('each column shows the highest score that fell into it; before the first reading nothing is known', () => {
    expect(text(scoreTimeline(patient('a', 3, { steps }), NOW, 12, ASCII))).toBe('  ..21113333');
    expect(text(scoreTimeline(patient('a', 3, { steps }), NOW, 12, UNICODE))).toBe('  ▁▁▆▃▃▃████');
  });

  test('what lies after now is not shown yet', () => {
    const later = [
      { t: at(3), score: 0 },
      { t: NOW + 1, score: 3 },
    ];
    expect(text(scoreTimeline(patient('a', 0, { steps: later }), NOW, 12, ASCII))).toBe('  ..........');
    expect(text(scoreTimeline(patient('a', 0, { steps: later }), NOW + 1, 12, ASCII))).toBe('  .........3');
  });

  test('it moves by whole columns: a minute later it looks the same, an hour later it has moved one', () => {
    const one = patient('a', 3, { steps });
    expect(scoreTimeline(one, NOW + 60_000, 12, ASCII)).toEqual(scoreTimeline(one, NOW, 12, ASCII));
    expect(text(scoreTimeline(one, NOW + HOUR, 12, ASCII))).toBe(' ..211133333');
  });
});

describe('the marks of episodes', () => {
  test('a closed one has both ends, an open one runs to the edge', () => {
    const episodes = [
      { start: at(2, 15), end: at(5, 30) },
      { start: at(8), end: at(18) },
    ];
    expect(text(episodeMarks(episodes, NOW, 12, ASCII))).toBe(' [--]  [----');
    expect(text(episodeMarks(episodes, NOW, 12, UNICODE))).toBe(' └──┘  └────');
  });

  test('one that began before the line does so without a begin', () => {
    expect(text(episodeMarks([{ start: at(0), end: at(3, 1) }], NOW, 12, ASCII))).toBe('--]         ');
  });

  test('an end on the edge of a column does not reach into it: ends are exclusive', () => {
    expect(text(episodeMarks([{ start: at(4), end: at(6) }], NOW, 12, ASCII))).toBe('   []       ');
  });
});
