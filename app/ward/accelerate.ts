import type { WardRecord } from './record.ts';

/** A record and when to send it: milliseconds of real time after the first one. */
export interface Scheduled {
  readonly after: number;
  readonly record: WardRecord;
}

/**
 * The schedule of a faster clock: `ratio` simulated seconds pass in each real one (3600: an hour a second).
 * Every delay counts from the first record, so waiting a little too long once delays nothing that follows.
 * @throws RangeError when the ratio is not above 0.
 */
export function* accelerate(
  records: Iterable<WardRecord>,
  ratio: number,
): Generator<Scheduled, void, undefined> {
  if (!(ratio > 0)) throw new RangeError(`a clock can't run ${ratio} times as fast`);
  let origin: number | undefined;
  for (const record of records) {
    origin ??= record.arrival;
    yield { after: (record.arrival - origin) / ratio, record };
  }
}
