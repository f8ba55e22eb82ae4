import type { KafkaRecord } from '../../topology/model/record.ts';
import type { Batch, TopicPartition } from '../../topology/ports/kafka-driver.ts';
import type { Fetching } from './fetching.ts';

/** Packed: many times that in memory. */
const READ_BYTES = 2 << 20;
const READ_WAIT = 500;
/** What was written a few records at a time is given so many at a time: each time costs whoever restores a step. */
const GIVEN = 500;

/**
 * Reads a range of a partition outside any group, and gives it in batches; resolves with the offset up to which it is read. `end`: of what
 * is decided now.
 * @throws what reading and unpacking throw, when all before it is given.
 */
export async function readRange(
  fetching: Fetching,
  end: () => Promise<number>,
  at: TopicPartition,
  from: number,
  to: number,
  each: (batch: Batch) => void,
): Promise<number> {
  fetching.seek(at, from);
  let offset = from;
  while (offset < to) {
    await fetching.wait({ maxBytes: READ_BYTES, waitMs: READ_WAIT });
    const [fetched] = fetching.take();
    if (fetched === undefined) {
      // Nothing came: there is nothing more that is decided, or the broker is slow.
      if (offset >= (await end())) break;
      continue;
    }
    let records: KafkaRecord[] = [];
    const give = (nextOffset: number): void => {
      if (records.length > 0) each({ ...at, records, nextOffset: Math.min(to, nextOffset) });
      records = [];
    };
    for (const run of fetched.runs) {
      if (records.length >= GIVEN) give(run.from);
      try {
        for (const record of run.records()) if (record.offset < to) records.push(record);
      } catch (error) {
        give(run.from);
        throw error;
      }
    }
    give(fetched.nextOffset);
    offset = Math.min(to, fetched.nextOffset);
  }
  return offset;
}
