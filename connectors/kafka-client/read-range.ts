import type { Batch, TopicPartition } from '../../topology/ports/kafka-driver.ts';
import type { Fetching } from './fetching.ts';

/** Packed: many times that in memory. */
const READ_BYTES = 2 << 20;
const READ_WAIT = 500;

/** Reads a range of a partition outside any group. `end`: of what is decided now. */
export async function readRange(
  fetching: Fetching,
  end: () => Promise<number>,
  at: TopicPartition,
  from: number,
  to: number,
  each: (batch: Batch) => void,
): Promise<void> {
  fetching.seek(at, from);
  for (let offset = from; offset < to; ) {
    await fetching.wait({ maxBytes: READ_BYTES, waitMs: READ_WAIT });
    const [fetched] = fetching.take();
    if (fetched === undefined) {
      // Nothing came: there is nothing more that is decided, or the broker is slow.
      if (offset >= (await end())) return;
      continue;
    }
    for (const [i, run] of fetched.runs.entries()) {
      const records = run.records().filter((record) => record.offset < to);
      const nextOffset = Math.min(to, fetched.runs[i + 1]?.from ?? fetched.nextOffset);
      if (records.length > 0) each({ ...at, records, nextOffset });
    }
    offset = Math.min(to, fetched.nextOffset);
  }
}
