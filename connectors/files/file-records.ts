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
  let heads: Buffer[] = [];
  let waiting: LineBatch[] = [];
  let waitingBytes = 0;
  for await (const batch of lines(progress, maxBytes)) {
    if (kind === 'lines') {
      yield* inBatches(recordsOf([batch], reader), statistics);
      continue;
    }
    waiting.push(batch);
    if (kind === undefined) {
      heads = [...heads, ...firstLines(batch)].slice(0, 3);
      kind = inputKind(heads, false);
    }
    if (kind === 'lines') {
      yield* inBatches(recordsOf(waiting, reader), statistics);
      waiting = [];
    }
    waitingBytes += batch.lines.reduce((sum, line) => sum + line.length + 1, 0);
    if (kind === 'document' && waitingBytes > maxBytes) throw tooLarge(progress.file, maxBytes);
  }
  kind ??= inputKind(heads, true);
  if (kind === 'document') yield* inBatches(documentRecords(waiting, reader), statistics);
  else yield* inBatches(recordsOf(waiting, reader), statistics);
}

function firstLines(batch: LineBatch): Buffer[] {
  const found: Buffer[] = [];
  for (const line of batch.lines) {
    if (found.length === 3) break;
    if (!isBlank(line)) found.push(line);
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

function documentRecords(batches: readonly LineBatch[], reader: RecordReader): FeedRecord[] {
  const records: FeedRecord[] = [];
  const feed = Buffer.from('\n');
  const pieces = batches.flatMap((batch) => batch.lines.flatMap((line) => [line, feed]));
  reader.read(Buffer.concat(pieces.slice(0, -1)), 0, records);
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
