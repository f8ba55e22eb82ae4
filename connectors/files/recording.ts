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
  // Resources have no such member, and most lines are resources.
  if (!line.includes('"topic"')) return undefined;
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
    switch (members.key()) {
      case 'topic':
        topic = textOf(line, valueStart, valueEnd);
        break;
      case 'partition':
        partition = countAt(line, valueStart, valueEnd);
        break;
      case 'offset':
        offset = countAt(line, valueStart, valueEnd);
        break;
      case 'arrival':
        arrival = timeAt(line, valueStart, valueEnd);
        break;
      case 'key':
        key = bytesAt(line, valueStart, valueEnd);
        break;
      case 'value':
        value = bytesAt(line, valueStart, valueEnd);
        break;
      case 'resourceType':
        return undefined;
      default:
    }
  }
  const whole = members.end >= 0 && skipSpace(line, members.end, line.length) === line.length;
  if (!whole || topic === undefined || value === undefined || key === undefined) return undefined;
  return { topic, partition: partition ?? 0, offset, arrival, key, value };
}

function bytesAt(line: Buffer, start: number, end: number): Uint8Array | null | undefined {
  if (isStringAt(line, start)) return unescapedBytes(line, start + 1, end - 1);
  return end - start === 4 && line.toString('latin1', start, end) === 'null'
    ? null
    : line.subarray(start, end);
}

function countAt(line: Buffer, start: number, end: number): number | undefined {
  const text = line.toString('latin1', start, end);
  const count = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(count) ? count : undefined;
}

/** Epoch milliseconds as a number or as text, or a time with its zone. */
function timeAt(line: Buffer, start: number, end: number): number | undefined {
  const text = textOf(line, start, end) ?? line.toString('latin1', start, end);
  const time = /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : instantMs(text);
  return Number.isFinite(time) ? time : undefined;
}
