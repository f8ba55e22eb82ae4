import { StreamsError } from '../../topology/model/errors.ts';
import type { FeedRecord } from './feed-record.ts';
import type { FeedStatistics, FileProgress } from './feed-statistics.ts';
import { inputName } from './input-error.ts';
import { type InputKind, inputKind, isBlank } from './input-kind.ts';
import { type LineBatch, lines, MAX_DOCUMENT_BYTES, megabytes } from './lines.ts';
import { RecordReader } from './record-reader.ts';

/** So many records at most are handed on at a time. */
export const BATCH_RECORDS = 1_000;

/**
 * The records of one file in the order they stand there, up to 1,000 at a time. What the file holds (NDJSON of resources,
 * envelopes, recordings or Bundles; one Bundle or resource over many lines) is told from its content.
 * NDJSON streams in bounded memory; a document is read whole.
 * @throws StreamsError `input-unreadable`; `input-too-large` for a line or a document of more than 256 MB.
 */
export async function* fileRecords(
  progress: FileProgress,
  statistics: FeedStatistics,
  maxBytes: number = MAX_DOCUMENT_BYTES,
): AsyncGenerator<FeedRecord[]> {
  const reader = new RecordReader(progress, statistics);
  let kind: InputKind | undefined;
  let waiting: LineBatch[] = [];
  const document: Buffer[] = [];
  let documentBytes = 0;
  for await (const batch of lines(progress, maxBytes)) {
    waiting.push(batch);
    kind ??= inputKind(firstLines(waiting), false);
    if (kind === undefined) continue;
    if (kind === 'lines') yield* inBatches(recordsOf(waiting, reader), statistics);
    // Joined at once: a document of 256 MB has millions of lines, and each would be an object.
    else document.push(...waiting.map(joined));
    documentBytes += document.at(-1)?.length ?? 0;
    if (documentBytes > maxBytes) throw tooLarge(progress.file, maxBytes);
    waiting = [];
  }
  kind ??= inputKind(firstLines(waiting), true);
  if (kind === 'document') document.push(...waiting.map(joined));
  const rest = kind === 'document' ? documentRecords(document, reader) : recordsOf(waiting, reader);
  yield* inBatches(rest, statistics);
}

function firstLines(batches: readonly LineBatch[]): Buffer[] {
  const found: Buffer[] = [];
  for (const batch of batches) {
    for (const line of batch.lines) {
      if (found.length === 3) return found;
      if (!isBlank(line)) found.push(line);
    }
  }
  return found;
}

function recordsOf(batches: readonly LineBatch[], reader: RecordReader): FeedRecord[] {
  const records: FeedRecord[] = [];
  for (const { first, lines: all } of batches) {
    all.forEach((line, i) => {
      if (!isBlank(line)) reader.read(line, first + i, records);
    });
  }
  return records;
}

const LINE_FEED = Buffer.from('\n');

const joined = ({ lines: all }: LineBatch): Buffer => Buffer.concat(all.flatMap((line) => [line, LINE_FEED]));

function documentRecords(parts: readonly Buffer[], reader: RecordReader): FeedRecord[] {
  const records: FeedRecord[] = [];
  reader.read(Buffer.concat(parts).subarray(0, -1), 0, records);
  return records;
}

function* inBatches(records: FeedRecord[], statistics: FeedStatistics): Generator<FeedRecord[]> {
  for (let from = 0; from < records.length; from += BATCH_RECORDS) {
    const batch = records.length <= BATCH_RECORDS ? records : records.slice(from, from + BATCH_RECORDS);
    statistics.records += batch.length;
    yield batch;
  }
}

function tooLarge(file: string, maxBytes: number): StreamsError {
  const what = `${inputName(file)} is one JSON document of more than ${megabytes(maxBytes)}, and a document is read whole.`;
  return new StreamsError('input-too-large', `${what} NDJSON of any size streams.`);
}
