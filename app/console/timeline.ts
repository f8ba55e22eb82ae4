import type { Style } from './ansi.ts';
import type { Span } from './line.ts';
import type { Look } from './look.ts';
import type { EpisodeSpan, PatientView, ScoreStep } from './ward-view.ts';

/** How far back the time line reaches, milliseconds. */
export const TIMELINE_MS: number = 12 * 3_600_000;

const BLOCKS: readonly string[] = ['▁', '▃', '▆', '█'];
const DIGITS: readonly string[] = ['.', '1', '2', '3'];
const STYLES: readonly Style[] = ['dim', 'warning', 'alarm', 'alarm'];

/** One column of the time line: [from, to). */
interface Cell {
  readonly from: number;
  readonly to: number;
}

/** The columns lie on a fixed grid and the last one holds now, so that a picture moves only once per column. */
function cells(now: number, columns: number): Cell[] {
  const width = TIMELINE_MS / columns;
  const begin = (Math.floor(now / width) + 1 - columns) * width;
  return Array.from({ length: columns }, (_, n) => ({
    from: begin + n * width,
    to: begin + (n + 1) * width,
  }));
}

/** The score over the last twelve hours: each column shows the highest one that fell into it. */
export function scoreTimeline(patient: PatientView, now: number, columns: number, look: Look): Span[] {
  const glyphs = look.unicode ? BLOCKS : DIGITS;
  return cells(now, columns).map((cell): Span => {
    const score = highest(patient.steps, cell, now);
    return score === undefined ? [' '] : [glyphs[score] ?? '?', STYLES[score] ?? 'plain'];
  });
}

function highest(steps: readonly ScoreStep[], cell: Cell, now: number): number | undefined {
  let score: number | undefined;
  steps.forEach((step, n) => {
    const until = Math.min(steps[n + 1]?.t ?? Infinity, now + 1);
    if (step.t < cell.to && until > cell.from && step.t <= now) score = Math.max(score ?? 0, step.score);
  });
  return score;
}

/** Marks the episodes under the time line: `└──┘` closed, `└───` still open at the right edge. */
export function episodeMarks(
  episodes: readonly EpisodeSpan[],
  now: number,
  columns: number,
  look: Look,
): Span[] {
  const [begin, middle, end] = look.unicode ? ['└', '─', '┘'] : ['[', '-', ']'];
  const marks = cells(now, columns).map((cell) => {
    const episode = episodes.find(({ start, end: until }) => start < cell.to && until > cell.from);
    if (episode === undefined) return ' ';
    if (episode.start >= cell.from) return begin;
    return episode.end <= cell.to && episode.end <= now ? end : middle;
  });
  return [[marks.join(''), 'alarm']];
}
