import { StreamsError } from '../../topology/model/errors.ts';
import type { FeedRecord } from './feed-record.ts';
import { type FeedStatistics, feedStatistics } from './feed-statistics.ts';
import { BATCH_RECORDS, fileRecords } from './file-records.ts';
import { inputName } from './input-error.ts';
import { megabytes } from './lines.ts';
import { mergeByArrival } from './merge-by-arrival.ts';
import { byEventTime, type EventTimeOf, shuffle } from './reorder.ts';

/** The orders in which an input can be fed. */
export type FeedOrder = 'as-is' | 'event-time' | 'reversed' | 'shuffled';

/** How a feed is ordered. */
export interface FeedOptions {
  readonly order: FeedOrder;
  /** Of the shuffle; 0 when not given. */
  readonly seed?: number;
  /** Needed by `event-time`; the other orders do not ask for it. */
  readonly eventTimeOf?: EventTimeOf;
  /** Bytes of keys and values that an order other than `as-is` may hold; 2 GiB when not given. */
  readonly holdLimitBytes?: number;
}

/** An input being read. */
export interface Feed {
  /** The records, at most 1,000 at a time; to be read once. */
  readonly batches: AsyncGenerator<readonly FeedRecord[]>;
  /** What was read so far; final when `batches` has ended. */
  readonly statistics: FeedStatistics;
}

const HOLD_LIMIT_BYTES = 2 * 1024 ** 3;

/**
 * Reads files (`-` is standard input) as one stream of records. `as-is`: in bounded memory, several files merged by
 * arrival. The other orders hold the whole input: `event-time`, `reversed` (exactly `as-is` backwards), `shuffled`.
 * @throws StreamsError, while `batches` is read: `input-unreadable`, or `input-too-large` for a line or a document over
 * 256 MB and for an input over the limit.
 */
export function feed(files: readonly string[], options: FeedOptions): Feed {
  const statistics = feedStatistics(files);
  const asIs = (): AsyncGenerator<FeedRecord[]> => {
    const sources = statistics.files.map((progress) => fileRecords(progress, statistics));
    const [only] = sources;
    return sources.length === 1 && only !== undefined ? only : mergeByArrival(sources);
  };
  return { batches: options.order === 'as-is' ? asIs() : held(asIs(), options), statistics };
}

async function* held(
  source: AsyncGenerator<FeedRecord[]>,
  options: FeedOptions,
): AsyncGenerator<FeedRecord[]> {
  const limit = options.holdLimitBytes ?? HOLD_LIMIT_BYTES;
  const all: FeedRecord[] = [];
  let bytes = 0;
  for await (const batch of source) {
    for (const record of batch) {
      bytes += (record.value?.length ?? 0) + (record.key?.length ?? 0);
      all.push(record);
    }
    if (bytes > limit) throw overLimit(options.order, limit, batch.at(-1)?.file ?? '');
  }
  const records = ordered(all, options);
  for (let from = 0; from < records.length; from += BATCH_RECORDS) {
    yield records.slice(from, from + BATCH_RECORDS);
  }
}

function ordered(records: FeedRecord[], { order, seed = 0, eventTimeOf }: FeedOptions): FeedRecord[] {
  switch (order) {
    case 'event-time':
      if (eventTimeOf === undefined) throw new TypeError('event-time order needs eventTimeOf');
      return byEventTime(records, eventTimeOf);
    case 'reversed':
      return records.reverse();
    case 'shuffled':
      return shuffle(records, seed);
    case 'as-is':
      return records;
  }
}

function overLimit(order: FeedOrder, limit: number, file: string): StreamsError {
  const what = `Order ${order} holds the whole input, and it is more than ${megabytes(limit)} (reached in ${inputName(file)}).`;
  return new StreamsError('input-too-large', what);
}
