import type { FeedRecord } from './feed-record.ts';
import { SeededRandom } from './seeded-random.ts';

/** The event time of a record's value, epoch milliseconds; undefined when it has none. */
export type EventTimeOf = (value: Uint8Array) => number | undefined;

/**
 * Sorts by event time; a record without one sorts by its arrival, one without both follows its predecessor in its file
 * (at the start of a file: comes first). Records of one time stay in the order given, which must be as they stand.
 */
export function byEventTime(records: readonly FeedRecord[], eventTimeOf: EventTimeOf): FeedRecord[] {
  const last = new Map<string, number>();
  const timed = records.map((record) => {
    const time = timeOf(record, eventTimeOf) ?? last.get(record.file) ?? Number.NEGATIVE_INFINITY;
    last.set(record.file, time);
    return { record, time };
  });
  // Infinity minus itself is NaN, which would leave the order to chance.
  timed.sort((a, b) => (a.time === b.time ? 0 : a.time - b.time));
  return timed.map(({ record }) => record);
}

function timeOf(record: FeedRecord, eventTimeOf: EventTimeOf): number | undefined {
  const time = record.value === null ? undefined : eventTimeOf(record.value);
  return time !== undefined && Number.isFinite(time) ? time : record.arrival;
}

/** Shuffles in place, every order equally likely (Fisher-Yates), the same one for the same seed and input. */
export function shuffle<T>(items: T[], seed: number): T[] {
  const random = new SeededRandom(seed);
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const a = items[i];
    const b = items[j];
    if (a === undefined || b === undefined) continue;
    items[i] = b;
    items[j] = a;
  }
  return items;
}
