import type { FoldNode } from '../dsl/nodes.ts';
import type { Codec } from '../model/codec.ts';
import { isStreamsError, StreamsError } from '../model/errors.ts';
import { headerText, type KafkaRecord } from '../model/record.ts';
import { type KafkaDriver, partitionKey, type TopicPartition } from '../ports/kafka-driver.ts';
import { CAUSE_HEADER } from './cause-header.ts';
import { keyText } from './key-text.ts';
import type { Task } from './task.ts';
import { readLearning, type Unread, unreadOf } from './unread.ts';

/**
 * Gives a task, for each fold that can recall, the states that its own outputs tell of, as of the input offset `before`:
 * what was written for later inputs comes again from their replay. An output that cannot be read tells nothing.
 * @throws StreamsError `log-truncated` when the outputs lie in other partitions than the input, or are lost; what `check` throws.
 */
export async function recall(
  task: Task,
  at: TopicPartition,
  before: number,
  recalls: readonly FoldNode[],
  driver: KafkaDriver,
  check: () => void,
): Promise<void> {
  for (const { store, recall } of recalls) {
    if (recall === undefined) continue;
    const from: TopicPartition = { topic: recall.from.name, partition: at.partition };
    await assertAligned(from.topic, at, driver);
    const states = new Map<string, unknown>();
    const { start, end } = await driver.admin().offsets(from);
    await readLearning(driver, from, start, end, (batch) => {
      check();
      for (const record of batch.records) {
        const value = told(record, before, recall.from.value);
        if (value instanceof NotYet) return value.unread;
        if (value === undefined || record.key === null) continue;
        const key = keyText(record.key);
        const state = recall.step(states.get(key), value);
        if (state === undefined) states.delete(key);
        else states.set(key, state);
      }
      return undefined;
    });
    check();
    for (const [key, state] of states) task.load(store.name, key, store.state.encode(state));
  }
  task.promote();
}

class NotYet {
  readonly unread: Unread;

  constructor(unread: Unread) {
    this.unread = unread;
  }
}

/** What an output says, when it was written before. */
function told(record: KafkaRecord, before: number, codec: Codec<unknown>): unknown {
  const cause = headerText(record.headers, CAUSE_HEADER);
  if (record.value === null || (cause !== undefined && Number(cause) >= before)) return undefined;
  try {
    return codec.decode(record.value);
  } catch (error) {
    const unread = unreadOf(record, error, codec);
    if (unread !== undefined) return new NotYet(unread);
    if (isStreamsError(error)) return undefined;
    throw error;
  }
}

/** Both are keyed alike, so with as many partitions each a key's outputs are in the partition of its inputs. */
async function assertAligned(topic: string, at: TopicPartition, driver: KafkaDriver): Promise<void> {
  const partitions = await driver.admin().partitions([topic, at.topic]);
  const [theirs, ours] = [partitions.get(topic), partitions.get(at.topic)];
  if (theirs === ours && theirs !== undefined) return;
  throw new StreamsError(
    'log-truncated',
    `${partitionKey(at)} begins too late, and its state cannot be recalled from ${topic}, which has ${theirs ?? 'no'} partitions to its ${ours ?? 'none'}.`,
  );
}
