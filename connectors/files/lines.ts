import { StreamsError } from '../../topology/model/errors.ts';
import type { FileProgress } from './feed-statistics.ts';
import { inputChunks } from './input-chunks.ts';
import { inputName } from './input-error.ts';

/** A line, and a document, is held in memory: more than this is refused. */
export const MAX_DOCUMENT_BYTES: number = 256 * 1024 * 1024;

/** Lines that follow each other in a file. */
export interface LineBatch {
  /** The number of the first of them in its file, from 0; blank lines count. */
  readonly first: number;
  /** The bytes of each line without its line feed or carriage return, nothing decoded; views of what was read. */
  readonly lines: readonly Buffer[];
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * The lines of a plain or gzip file, or of standard input (`-`), blank ones too, as many at a time as a chunk of 1 MiB
 * holds: a promise for each chunk, not for each line. Memory is bounded by the longest line. A byte order mark is dropped.
 * @throws StreamsError `input-unreadable`; `input-too-large` for a line of more than `maxBytes`.
 */
export async function* lines(
  progress: FileProgress,
  maxBytes: number = MAX_DOCUMENT_BYTES,
): AsyncGenerator<LineBatch> {
  let number = 0;
  let tail: Buffer[] = [];
  let tailLength = 0;
  for await (const chunk of inputChunks(progress)) {
    const found: Buffer[] = [];
    let from = 0;
    for (let to = chunk.indexOf(LINE_FEED); to >= 0; to = chunk.indexOf(LINE_FEED, from)) {
      let line = chunk.subarray(from, to);
      if (tailLength > 0) {
        line = Buffer.concat([...tail, line], tailLength + line.length);
        tail = [];
        tailLength = 0;
      }
      found.push(withoutReturn(number === 0 && found.length === 0 ? withoutMark(line) : line));
      from = to + 1;
    }
    if (from < chunk.length) {
      tail.push(chunk.subarray(from));
      tailLength += chunk.length - from;
      if (tailLength > maxBytes) throw tooLong(progress.file, number + found.length, maxBytes);
    }
    if (found.length > 0) yield { first: number, lines: found };
    number += found.length;
  }
  if (tailLength > 0) {
    const last = Buffer.concat(tail, tailLength);
    yield { first: number, lines: [withoutReturn(number === 0 ? withoutMark(last) : last)] };
  }
}

function tooLong(file: string, number: number, maxBytes: number): StreamsError {
  const what = `Line ${number + 1} of ${inputName(file)} is longer than ${megabytes(maxBytes)}.`;
  return new StreamsError('input-too-large', what);
}

/** A size for a message. */
export const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}

function withoutMark(line: Buffer): Buffer {
  return line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf ? line.subarray(3) : line;
}
