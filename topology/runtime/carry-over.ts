import { isStreamsError } from '../model/errors.ts';
import type { Appended, Batch, ConsumerPort, PolledBatch, TopicPartition } from '../ports/kafka-driver.ts';
import type { Owned } from './owned.ts';
import type { Scope } from './scope.ts';

/** What a worker has of the last two transactions in a partition, at most, without having read it: their control records. */
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
    const { stillOwned } = this.#settings;
    const own = appended.filter(({ partition }) => {
      const at = { topic, partition };
      return owned.scopeOf(at) === scope && owned.taskOf(at) !== undefined;
    });
    if (own.length === 0) return;
    const gaps = own
      .map(({ partition, offset }) => ({
        topic,
        partition,
        gap: offset - owned.position({ topic, partition }),
      }))
      .filter(({ gap }) => gap > 0 && gap <= MARKERS);
    if (gaps.length > 0) {
      for (const batch of await this.#stepOver(gaps))
        if (stillOwned(owned) && batch.assignment === owned.assignment) this.#settings.take(batch, owned);
    }
    if (!stillOwned(owned)) return;
    for (const { partition, offset, records, appendTime } of own) {
      if (offset !== owned.position({ topic, partition })) continue;
      const nextOffset = offset + records.length;
      const there = records.map(({ key, value, timestamp, headers }, i) => ({
        offset: offset + i,
        timestamp: appendTime ?? timestamp,
        key,
        value,
        ...(headers === undefined ? {} : { headers }),
      }));
      const batch = { topic, partition, records: there, nextOffset };
      if (this.#settings.take(batch, owned)) this.#settings.consumer.seek(batch, nextOffset);
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
