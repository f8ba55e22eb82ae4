import { type Line, paint, type Span } from './line.ts';
import type { Look } from './look.ts';
import { alertLine, compactLine, type Frame, scoreLine } from './patient-lines.ts';
import type { Counts, PageView, PatientView, WardView } from './ward-view.ts';
import { printable, widthOf } from './width.ts';
import { clockTime, counted, criterionText, dayTime, grouped, pageText } from './words.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/**
 * One frame: at most `rows` lines of at most `columns` columns. Who meets two criteria comes first, then one, then
 * the rest in short; below them the last pages. What does not fit is counted, never silently left out.
 */
export function renderWard(view: WardView, size: Size, look: Look): string[] {
  const frame: Frame = {
    now: view.now,
    look,
    columns: size.columns,
    bedColumns: Math.min(12, Math.max(3, ...view.patients.map(({ bed }) => widthOf(printable(bed))))),
    timelineColumns: size.columns >= 150 ? 72 : size.columns >= 110 ? 48 : size.columns >= 60 ? 24 : 0,
  };
  const head = header(view, frame);
  const pageRows = Math.max(1, Math.min(10, Math.floor(size.rows / 6) - 1));
  const foot = footer(view.pages, pageRows);
  const room = Math.max(0, size.rows - head.length - foot.length);
  const body = patients(view.patients, room, size.columns, frame);
  const fill = Array.from({ length: room - body.length }, (): Line => ({ left: [] }));
  return [...head, ...body, ...fill, ...foot]
    .slice(0, size.rows)
    .map((line) => paint(line, size.columns, look));
}

function header(view: WardView, frame: Frame): Line[] {
  const positive = view.patients.filter(isPositive).length;
  const speed = view.speed === 1 ? '' : ` · ×${grouped(view.speed)}`;
  const time = frame.columns < 70 ? clockTime(view.now) : dayTime(view.now) + speed;
  const scale: Span = frame.timelineColumns === 0 ? [''] : [`${fitScale(frame.timelineColumns)}`, 'dim'];
  return [
    {
      left: [
        ['sepsis-streams', 'title'],
        [' · '],
        [`${positive} of ${counted(view.patients.length, 'patient')}`, positive > 0 ? 'alarm' : 'good'],
        [' at qSOFA 2+'],
      ],
      right: [[time]],
    },
    { left: [[countsText(view.counts), 'dim']] },
    { left: [[deadLetterText(view.counts), 'dim']] },
    {
      left: [[`${'bed'.padEnd(frame.bedColumns)} met  worst in 6 h, age (*preliminary ?no unit)`, 'dim']],
      right: [scale],
    },
  ];
}

const fitScale = (columns: number): string => `−12 h${'now'.padStart(columns - 5)}`;

const countsText = (counts: Counts): string =>
  [
    counted(counts.records, 'record'),
    `${grouped(counts.used)} used`,
    `${grouped(counts.ignored)} ignored`,
    counted(counts.alerts, 'alert record'),
  ].join(' · ');

function deadLetterText(counts: Counts): string {
  const dead = Object.entries(counts.deadLettered).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const total = dead.reduce((sum, [, n]) => sum + n, 0);
  const reasons = dead.map(([reason, n]) => `${grouped(n)} ${reason}`).join(', ');
  return total === 0 ? 'no dead letters' : `${counted(total, 'dead letter')}: ${reasons}`;
}

function footer(pages: readonly PageView[], rows: number): Line[] {
  const last = pages.slice(-rows).reverse();
  return [
    ...(last.length === 0 ? [{ left: [['No page yet.', 'dim'] as const] }] : last.map(pageLine)),
    { left: [['Synthetic patients. It screens; it is not a medical device. Ctrl-C ends.', 'dim']] },
  ];
}

function pageLine(page: PageView): Line {
  const over = page.status === 'resolved' || page.status === 'retracted';
  return {
    left: [
      [`${clockTime(page.t)} page: `, 'dim'],
      [pageText(page), over ? 'good' : 'alarm'],
    ],
  };
}

function patients(all: readonly PatientView[], room: number, columns: number, frame: Frame): Line[] {
  const byBed = all.toSorted((a, b) => (a.bed < b.bed ? -1 : a.bed > b.bed ? 1 : 0));
  const positive = byBed.filter(isPositive).sort(mostUrgentFirst);
  const one = byBed.filter((patient) => !isPositive(patient) && patient.score === 1);
  const rest = byBed.filter((patient) => !isPositive(patient) && patient.score === 0);
  if (all.length === 0) return room > 0 ? [{ left: [['Waiting for the first records.', 'dim']] }] : [];

  const short = [
    ...(one.length > 0 ? [compactLine('1 of 3: ', one.map(bedAndSign), columns, 'warning')] : []),
    ...(rest.length > 0
      ? [
          compactLine(
            '0 of 3: ',
            rest.map(({ bed }) => bed),
            columns,
            'good',
          ),
        ]
      : []),
  ].slice(-Math.max(0, room));
  let left = room - short.length;

  const shown = positive.slice(0, positive.length > left ? Math.max(0, left - 1) : left);
  const hidden = positive.slice(shown.length);
  left -= shown.length + (hidden.length > 0 ? 1 : 0);
  const lines = shown.flatMap((patient): Line[] => {
    const second = patient.alert !== null && left > 0;
    if (second) left--;
    return [scoreLine(patient, frame, !second), ...(second ? [alertLine(patient, frame)] : [])];
  });
  if (hidden.length > 0 && room > 0) {
    lines.push(
      compactLine(
        'also 2 or 3: ',
        hidden.map(({ bed }) => bed),
        columns,
        'alarm',
      ),
    );
  }
  // The one-criterion line is opened into a line for each patient when all of them have room.
  const opened = one.length > 0 && one.length - 1 <= left;
  return [
    ...lines,
    ...(opened ? [...one.map((patient) => scoreLine(patient, frame, true)), ...short.slice(1)] : short),
  ];
}

/** An open alert stays on top also when its score is about to fall. */
const isPositive = (patient: PatientView): boolean => patient.alert !== null || patient.score >= 2;

const mostUrgentFirst = (a: PatientView, b: PatientView): number =>
  b.score - a.score || (b.alert?.since ?? 0) - (a.alert?.since ?? 0);

const bedAndSign = (patient: PatientView): string =>
  [patient.bed, ...patient.met.map((criterion) => criterionText(criterion).split(' ')[0] ?? '')].join(' ');
