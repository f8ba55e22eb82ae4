import type { Style } from './ansi.ts';
import { type Line, type Span, widthOfAll } from './line.ts';
import type { Look } from './look.ts';
import { episodeMarks, scoreTimeline } from './timeline.ts';
import type { PatientView } from './ward-view.ts';
import { fit, printable, widthOf } from './width.ts';
import { age, clockTime, criterionText } from './words.ts';

/** What all lines of one frame share. */
export interface Frame {
  readonly now: number;
  readonly look: Look;
  readonly columns: number;
  readonly bedColumns: number;
  readonly timelineColumns: number;
}

const STYLES: readonly Style[] = ['dim', 'warning', 'alarm', 'alarm'];

/** As at the bedside; a fixed order keeps the line still. */
const ORDER = ['RR', 'SBP', 'GCS'];

const missingText = (missing: readonly string[]): string =>
  missing.length === 0 ? '' : `no ${missing.join(', no ')}`;

/** Bed, score, the criteria met, and the time line; what is missing comes last unless another line says it. */
export function scoreLine(patient: PatientView, frame: Frame, withMissing: boolean): Line {
  const missing = withMissing ? missingText(patient.missing) : '';
  const met = patient.met.toSorted((a, b) => ORDER.indexOf(a.criterion) - ORDER.indexOf(b.criterion));
  const why = [...met.map(criterionText), missing].filter((text) => text !== '').join(', ');
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
  const indent = frame.bedColumns + 1;
  const room = frame.columns - frame.timelineColumns - 1 - indent;
  const full = alertSpans(patient, false);
  const spans = widthOfAll(joined(full, ' · ')) <= room ? joined(full, ' · ') : shortened(patient, room);
  return {
    left: [[' '.repeat(indent)], ...spans],
    right: episodeMarks(patient.episodes, frame.now, frame.timelineColumns, frame.look),
  };
}

/** The short words, without the last ones where even these are too long: a half word helps nobody. */
function shortened(patient: PatientView, room: number): Span[] {
  const spans = alertSpans(patient, true);
  while (spans.length > 1 && widthOfAll(joined(spans, ', ')) > room) spans.pop();
  return joined(spans, ', ');
}

/** In the order of their worth: the last are the first to go. */
function alertSpans({ alert, missing, score }: PatientView, short: boolean): Span[] {
  if (alert === null) return [];
  const { lactate, peak } = alert;
  const lactateAge = short || lactate === null ? '' : ` mmol/L ${age(lactate.ageMs)}`;
  return [
    [`${clockTime(alert.since)}-${clockTime(alert.end)}`, 'dim'],
    ...(missing.length === 0 ? [] : [[missingText(missing), 'warning'] as const]),
    ...(alert.suspectedInfection ? [[short ? 'infection?' : 'infection suspected', 'bold'] as const] : []),
    ...(lactate === null ? [] : [[`lactate ${lactate.value}${lactateAge}`] as const]),
    // The peak says something only when the score has fallen below it.
    ...(peak > score ? [[`peak ${peak}`, 'dim'] as const] : []),
  ];
}

const joined = (spans: readonly Span[], separator: string): Span[] =>
  spans.flatMap((span, n) => (n === 0 ? [span] : [[separator, 'dim'] as const, span]));

/** Several patients in one line, as many as fit; the rest is counted. */
export function compactLine(title: string, names: readonly string[], columns: number, style: Style): Line {
  let text = '';
  let shown = 0;
  const clean = names.map(printable);
  for (const name of clean) {
    const more = clean.length - shown - 1;
    const longer = `${text}${shown === 0 ? '' : '  '}${name}`;
    if (widthOf(title + longer) + (more > 0 ? widthOf(`  +${more} more`) : 0) > columns) break;
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
