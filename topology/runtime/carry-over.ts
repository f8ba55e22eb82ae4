import { isStreamsError } from '../model/errors.ts';
import type { KafkaRecord } from '../model/record.ts';
import type { Appended, Batch, ConsumerPort, PolledBatch, TopicPartition } from '../ports/kafka-driver.ts';
import type { Owned } from './owned.ts';
import type { Scope } from './scope.ts';

/** A worker's producers take turns, two at most: of their last transactions the control records may stand before what is written next. */
const MARKERS = 2;

export interface CarryOverSettings {
  readonly consumer: ConsumerPort;
  readonly stillOwned: (owned: Owned) => boolean;
  /** Runs a batch through its task. False: the task stands still at one of its records. */
  readonly take: (batch: Batch, owned: Owned) => boolean;
}

/**
 * What a worker writes into a partition that it reads itself need not be fetched: acknowledged, and standing right where the partition is
 * read on, it goes through its task at once, in the transaction that wrote it. So one transaction does what two did, one behind the other.
 * What stands between, be it another's record or a control record that is not read yet, is read first: then the partition is fetched as ever.
 * Tasks see the same records at the same offsets in the same order either way.
 */
export class CarryOver {
  readonly #settings: CarryOverSettings;

  constructor(settings: CarryOverSettings) {
    this.#settings = settings;
  }

  /** Takes on what was sent and is acknowledged, as far as it may be. What it leads to is in the outbox of the scope. */
  async run(scope: Scope, owned: Owned, topic: string, appended: readonly Appended[]): Promise<void> {
    const { consumer, stillOwned, take } = this.#settings;
    const own = appended
      // What was sent again bears a time that is not known here: it is fetched.
      .filter(({ resent }) => resent !== true)
      .map((one): Run => ({ ...one, topic }))
      .filter((one) => owned.scopeOf(one) === scope && owned.taskOf(one) !== undefined);
    const gap = (one: Run): number => one.offset - owned.position(one);
    const behindMarkers = own.filter((one) => gap(one) > 0 && gap(one) <= MARKERS);
    if (behindMarkers.length > 0) {
      for (const batch of await this.#stepOver(behindMarkers))
        if (stillOwned(owned) && batch.assignment === owned.assignment) take(batch, owned);
    }
    if (!stillOwned(owned)) return;
    for (const one of own) {
      if (gap(one) !== 0) continue;
      const batch = batchOf(one);
      if (take(batch, owned)) consumer.seek(one, batch.nextOffset);
    }
  }

  /** An error shows again when the partition is read, and is dealt with there. */
  async #stepOver(at: readonly TopicPartition[]): Promise<readonly PolledBatch[]> {
    try {
      return await this.#settings.consumer.stepOver(at);
    } catch (error) {
      if (isStreamsError(error)) return [];
      throw error;
    }
  }
}

interface Run extends Appended {
  readonly topic: string;
}

/** As it would have been fetched. */
function batchOf({ topic, partition, offset, records, appendTime }: Run): Batch {
  const there = records.map(({ key, value, timestamp: own, headers }, i): KafkaRecord => {
    const [at, timestamp] = [offset + i, appendTime ?? own];
    return headers === undefined
      ? { offset: at, timestamp, key, value }
      : { offset: at, timestamp, key, value, headers };
  });
  return { topic, partition, records: there, nextOffset: offset + records.length };
}
