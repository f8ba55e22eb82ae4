import type { Style } from './ansi.ts';
import type { Line, Span } from './line.ts';
import type { Look } from './look.ts';
import { episodeMarks, scoreTimeline } from './timeline.ts';
import type { PatientView } from './ward-view.ts';
import { fit, printable } from './width.ts';
import { age, clockTime, criterionText } from './words.ts';

/** What all lines of one frame share. */
export interface Frame {
  readonly now: number;
  readonly look: Look;
  readonly bedColumns: number;
  readonly timelineColumns: number;
}

const STYLES: readonly Style[] = ['dim', 'warning', 'alarm', 'alarm'];

const missingText = (missing: readonly string[]): string =>
  missing.length === 0 ? '' : `no ${missing.join(', no ')}`;

/** Bed, score, the criteria met, and the time line; what is missing comes last unless another line says it. */
export function scoreLine(patient: PatientView, frame: Frame, withMissing: boolean): Line {
  const missing = withMissing ? missingText(patient.missing) : '';
  const why = [...patient.met.map(criterionText), missing].filter((text) => text !== '').join(', ');
  return {
    left: [
      [`${fit(printable(patient.bed), frame.bedColumns)} `, 'bold'],
      [`${patient.score}/3 `, STYLES[patient.score] ?? 'plain'],
      [why],
    ],
    right: scoreTimeline(patient, frame.now, frame.timelineColumns, frame.look),
  };
}

/** The second line of an open alert: since when, until when, what is missing, and what speaks for an infection. */
export function alertLine(patient: PatientView, frame: Frame): Line {
  return {
    left: [[' '.repeat(frame.bedColumns + 1)], ...alertSpans(patient, frame.look)],
    right: episodeMarks(patient.episodes, frame.now, frame.timelineColumns, frame.look),
  };
}

function alertSpans({ alert, missing, score }: PatientView, look: Look): Span[] {
  if (alert === null) return [];
  const lactate = alert.lactate;
  const spans: Span[] = [
    [`${clockTime(alert.since)}-${clockTime(alert.end)}`, 'dim'],
    // The peak says something only when the score has fallen below it.
    ...(alert.peak > score ? [[`peak ${alert.peak}`, 'dim'] as const] : []),
    ...(missing.length === 0 ? [] : [[missingText(missing), 'warning'] as const]),
    ...(alert.suspectedInfection ? [['infection suspected', 'bold'] as const] : []),
    ...(lactate === null ? [] : [[`lactate ${lactate.value} ${age(lactate.ageMs)}`] as const]),
  ];
  const separator: Span = [look.unicode ? ' · ' : ', ', 'dim'];
  return spans.flatMap((span, n) => (n === 0 ? [span] : [separator, span]));
}

/** Several patients in one line, as many as fit; the rest is counted. */
export function compactLine(title: string, names: readonly string[], columns: number, style: Style): Line {
  let text = '';
  let shown = 0;
  const clean = names.map(printable);
  for (const name of clean) {
    const more = clean.length - shown - 1;
    const longer = `${text}${shown === 0 ? '' : '  '}${name}`;
    if (title.length + longer.length + (more > 0 ? 10 : 0) > columns) break;
    text = longer;
    shown++;
  }
  const rest = clean.length - shown;
  return {
    left: [
      [title, style],
      [text, 'dim'],
      [rest > 0 ? `${shown === 0 ? '' : '  '}+${rest} more` : '', 'dim'],
    ],
  };
}
