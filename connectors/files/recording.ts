import { instantMs } from '../../schemas/fhir/time.ts';
import { isObjectAt, isStringAt, Members, skipSpace, textOf } from './json-spans.ts';
import { unescapedBytes } from './json-unescape.ts';

/** One line of a recording: a Kafka record as it was. */
export interface Recording {
  readonly topic: string;
  readonly partition: number;
  /** Undefined when the line does not say it. */
  readonly offset: number | undefined;
  /** Epoch milliseconds. */
  readonly arrival: number | undefined;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

/**
 * Reads `{"topic","key","offset","arrival","value"}`, optionally with `partition`; undefined when the line is none: a
 * recording is an object with `topic` and `value` and without `resourceType`. A key or value that is a string is its
 * text as UTF-8; anything else but null is the bytes as they stand in the line.
 */
export function recordingOf(line: Buffer): Recording | undefined {
  if (startsLikeResource(line) || !line.includes(TOPIC)) return undefined;
  const at = skipSpace(line, 0, line.length);
  if (!isObjectAt(line, at)) return undefined;
  const members = new Members(line, at, line.length);
  let topic: string | undefined;
  let partition: number | undefined;
  let offset: number | undefined;
  let arrival: number | undefined;
  let key: Uint8Array | null | undefined = null;
  let value: Uint8Array | null | undefined;
  while (members.next()) {
    const { valueStart, valueEnd } = members;
    if (members.is('value')) value = bytesAt(line, valueStart, valueEnd);
    else if (members.is('key')) key = bytesAt(line, valueStart, valueEnd);
    else if (members.is('topic')) topic = textOf(line, valueStart, valueEnd);
    else if (members.is('offset')) offset = countAt(line, valueStart, valueEnd);
    else if (members.is('arrival')) arrival = timeAt(line, valueStart, valueEnd);
    else if (members.is('partition')) partition = countAt(line, valueStart, valueEnd);
    else if (members.is('resourceType')) return undefined;
  }
  const whole = members.end >= 0 && skipSpace(line, members.end, line.length) === line.length;
  if (!whole || topic === undefined || value === undefined || key === undefined) return undefined;
  return { topic, partition: partition ?? 0, offset, arrival, key, value };
}

// Most lines are resources, and most resources begin so; a search through each would cost a fifth of reading it.
function startsLikeResource(line: Buffer): boolean {
  return (
    line[1] === START[1] &&
    line[2] === START[2] &&
    line.compare(START, 0, START.length, 0, START.length) === 0
  );
}

const START = Buffer.from('{"resourceType"');
const TOPIC = Buffer.from('"topic"');

function bytesAt(line: Buffer, start: number, end: number): Uint8Array | null | undefined {
  if (isStringAt(line, start)) return unescapedBytes(line, start + 1, end - 1);
  return end - start === 4 && line.toString('latin1', start, end) === 'null'
    ? null
    : line.subarray(start, end);
}

function countAt(line: Buffer, start: number, end: number): number | undefined {
  let count = 0;
  for (let i = start; i < end; i++) {
    const digit = (line[i] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    count = count * 10 + digit;
  }
  return Number.isSafeInteger(count) ? count : undefined;
}

/** Epoch milliseconds as a number or as text, or a time with its zone. */
function timeAt(line: Buffer, start: number, end: number): number | undefined {
  const text = textOf(line, start, end) ?? line.toString('latin1', start, end);
  const iso = instantMs(text);
  const time = Number.isNaN(iso) && /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : iso;
  return Number.isFinite(time) ? time : undefined;
}
