import type { Codec } from '../model/codec.ts';
import { isStreamsError } from '../model/errors.ts';
import type { KafkaRecord } from '../model/record.ts';
import type { Batch, KafkaDriver, TopicPartition } from '../ports/kafka-driver.ts';

/** A record that cannot be read before its codec has learnt something. */
export interface Unread {
  readonly offset: number;
  /** Resolves when it can be read, or refused for good. @throws StreamsError while there is nobody to ask. */
  readonly learn: () => Promise<void>;
}

/** What to make of an error of reading a record: undefined when learning does not help. */
export function unreadOf(
  { offset, value }: KafkaRecord,
  error: unknown,
  codec: Codec<unknown>,
): Unread | undefined {
  const { learn } = codec;
  if (!isStreamsError(error) || error.code !== 'schema-not-read') return undefined;
  return learn === undefined || value === null ? undefined : { offset, learn: () => learn(value) };
}

/**
 * Reads a range of a partition as far as it is decided, and gives how far that is; learns on the way what its records need; `each` gives the record that it could not
 * read, and is called again from there. @throws what the driver, `each` and learning throw.
 */
export async function readLearning(
  driver: KafkaDriver,
  at: TopicPartition,
  from: number,
  to: number,
  each: (batch: Batch) => Unread | undefined,
): Promise<number> {
  let next = from;
  for (;;) {
    const found: { unread?: Unread } = {};
    const reached = await driver.read(at, next, to, (batch) => {
      if (found.unread !== undefined) return;
      const unread = each(batch);
      if (unread !== undefined) found.unread = unread;
    });
    if (found.unread === undefined) return reached;
    await found.unread.learn();
    next = found.unread.offset;
  }
}
