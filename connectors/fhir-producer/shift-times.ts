import { instantMs, isDate } from '../../schemas/fhir/time.ts';

/**
 * Fields that say when something was, in the resources that the topology reads. Not `lastUpdated`, which is the server's own time
 * and orders versions as it is; not `valueDateTime`, which is what was observed.
 */
const FIELDS = 'effectiveDateTime|effectiveInstant|issued|authoredOn|occurrenceDateTime|start|end|EventTime';

/** A quote stands in an envelope's text behind a backslash. Inside any other string a quote would be escaped, so no text is taken for a field. */
const patternsOf = (quote: string): readonly RegExp[] => [
  new RegExp(`${quote}(?:${FIELDS})${quote}\\s*:\\s*${quote}([0-9][0-9T:.Z+-]{9,40})${quote}`, 'g'),
  new RegExp(
    `${quote}event${quote}\\s*:\\s*\\[((?:\\s*${quote}[0-9][0-9T:.Z+-]{9,40}${quote}\\s*,?)+)\\]`,
    'g',
  ),
];
const BARE = patternsOf('"');
const ENCLOSED = patternsOf('\\\\"');
const TIME = /[0-9][0-9T:.Z+-]{9,40}/g;

const ENVELOPE = Buffer.from('"ResourceJson"');

/**
 * The resource, or the envelope, with its times moved by `offset` milliseconds, whole seconds: each keeps its zone, its fraction and
 * its length, and all other bytes stay as they are. A date moves with its noon in UTC. What is no such time stays.
 */
export function shiftedTimes(json: Buffer, offset: number): Buffer {
  // A character for each byte: places in the text are places in the bytes.
  const text = json.toString('latin1');
  const moved = Buffer.from(json);
  const isEnvelope = json.includes(ENVELOPE);
  for (const pattern of isEnvelope ? [...BARE, ...ENCLOSED] : BARE)
    for (const field of text.matchAll(pattern)) {
      const [whole, times = ''] = field;
      const from = field.index + whole.lastIndexOf(times);
      for (const time of times.matchAll(TIME))
        moved.write(movedTime(time[0], offset), from + time.index, 'latin1');
    }
  return moved;
}

const NOON = 43_200_000;

function movedTime(time: string, offset: number): string {
  if (isDate(time)) {
    const day = iso(Date.parse(time) + NOON + offset);
    return day === undefined ? time : day.slice(0, 10);
  }
  // Its own zone stays, so the wall clock moves as far as the time does.
  if (Number.isNaN(instantMs(time))) return time;
  const moved = iso(instantMs(`${time.slice(0, 19)}Z`) + offset);
  return moved === undefined ? time : moved.slice(0, 19) + time.slice(19);
}

/** Undefined outside the years that have four digits. */
function iso(time: number): string | undefined {
  const text = Math.abs(time) < 8.64e15 ? new Date(time).toISOString() : '';
  return text.length === 24 ? text : undefined;
}
