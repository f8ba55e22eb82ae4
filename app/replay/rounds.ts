import type { FeedRecord } from '../../connectors/files/feed-record.ts';

/** What one round may hold, so that memory is bounded whatever the input. */
export const ROUND_RECORDS = 20_000;
export const ROUND_BYTES: number = 32 << 20;

/** Cuts a feed into rounds, each as large as both bounds allow and of at least one record. */
export async function* rounds(
  batches: AsyncIterable<readonly FeedRecord[]>,
): AsyncGenerator<readonly FeedRecord[]> {
  let round: FeedRecord[] = [];
  let bytes = 0;
  for await (const batch of batches) {
    for (const record of batch) {
      round.push(record);
      bytes += (record.value?.length ?? 0) + (record.key?.length ?? 0);
      if (round.length < ROUND_RECORDS && bytes < ROUND_BYTES) continue;
      yield round;
      round = [];
      bytes = 0;
    }
  }
  if (round.length > 0) yield round;
}
