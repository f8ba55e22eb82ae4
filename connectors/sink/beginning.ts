import { StreamsError } from '../../topology/model/errors.ts';
import { milliseconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import { type KafkaDriver, partitionKey, type TopicPartition } from '../../topology/ports/kafka-driver.ts';

/**
 * Where to begin when it is not where the group stands. `earliest`: with what is left, where records were deleted before they
 * were read. An offset of each partition, or the first record that was written at a time (epoch milliseconds) or later.
 */
export type From = 'earliest' | { readonly offset: number } | { readonly time: number };

/** An end that lies before what was committed is looked at again: a leader that is new may not know it yet. */
const LOOKS = 10;
const BETWEEN_LOOKS = milliseconds(100);

/**
 * Offset to begin a partition with: the committed one; where nothing is committed, the first of the log.
 * @throws StreamsError `input-lost`: records were deleted before they were read; `log-ends-early`: the topic was made anew.
 */
export async function beginningOf(
  at: TopicPartition,
  committed: number | undefined,
  from: From | undefined,
  { driver, clock }: { readonly driver: KafkaDriver; readonly clock: Clock },
): Promise<number> {
  let log = await driver.admin().offsets(at);
  if (typeof from === 'object') return wanted(at, from, log, driver);
  if (committed === undefined) return log.start;
  if (committed < log.start) {
    if (from === 'earliest') return log.start;
    throw new StreamsError(
      'input-lost',
      `${partitionKey(at)} begins at offset ${log.start}; what is committed ends at ${committed}.`,
    );
  }
  for (let look = 1; committed > log.end && look < LOOKS; look++) {
    await clock.sleep(BETWEEN_LOOKS);
    log = await driver.admin().offsets(at);
  }
  if (committed <= log.end) return committed;
  if (from === 'earliest') return log.start;
  throw new StreamsError(
    'log-ends-early',
    `${partitionKey(at)} ends at offset ${log.end}; what is committed ends at ${committed}.`,
  );
}

async function wanted(
  at: TopicPartition,
  from: { readonly offset: number } | { readonly time: number },
  { start, end }: { readonly start: number; readonly end: number },
  driver: KafkaDriver,
): Promise<number> {
  if ('offset' in from) return Math.min(end, Math.max(start, from.offset));
  const found = new Found();
  try {
    await driver.read(at, start, end, ({ records }) => {
      const first = records.find(({ timestamp }) => timestamp >= from.time);
      if (first === undefined) return;
      found.offset = first.offset;
      throw found;
    });
  } catch (error) {
    if (error !== found) throw error;
  }
  return found.offset ?? end;
}

/** Ends the reading. */
class Found extends Error {
  offset: number | undefined;
}
