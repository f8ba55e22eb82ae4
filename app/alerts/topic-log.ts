import { StreamsError } from '../../topology/model/errors.ts';
import type { KafkaRecord } from '../../topology/model/record.ts';
import type { KafkaDriver } from '../../topology/ports/kafka-driver.ts';
import { PartitionLog } from './partition-log.ts';

/** A record, and the partition that it stands in. */
export interface PlacedRecord extends KafkaRecord {
  readonly partition: number;
}

/**
 * A topic as somebody reads it who is in no consumer group: committed records alone, each once, all partitions as one log by
 * the time at which records were written. Those of one partition, and so of one key, stay in their order.
 */
export class TopicLog {
  readonly #driver: KafkaDriver;
  readonly #topic: string;
  /** Where to go on, by partition. */
  readonly #next = new Map<number, number>();

  constructor(driver: KafkaDriver, topic: string) {
    this.#driver = driver;
    this.#topic = topic;
  }

  /**
   * What is committed by now and was not given before. Begun again after an error it goes on behind what it gave last.
   * @throws StreamsError `topics-unfit` when there is no such topic; what the brokers refuse.
   */
  async *unread(): AsyncGenerator<PlacedRecord> {
    const logs = await this.#logs();
    for (;;) {
      let first: { readonly log: PartitionLog; readonly record: KafkaRecord } | undefined;
      for (const log of logs) {
        const record = await log.head();
        if (record !== undefined && (first === undefined || record.timestamp < first.record.timestamp))
          first = { log, record };
      }
      if (first === undefined) break;
      const { log, record } = first;
      log.drop();
      yield { ...record, partition: log.at.partition };
      // Only now: whoever could not make use of it is given it again.
      this.#next.set(log.at.partition, record.offset + 1);
    }
    // Behind the markers too, which are no records.
    for (const { at, end } of logs) this.#next.set(at.partition, end);
  }

  async #logs(): Promise<readonly PartitionLog[]> {
    const admin = this.#driver.admin();
    const count = (await admin.partitions([this.#topic])).get(this.#topic);
    if (count === undefined) throw new StreamsError('topics-unfit', `${this.#topic} is missing.`);
    return Promise.all(
      Array.from({ length: count }, async (_, partition) => {
        const at = { topic: this.#topic, partition };
        const { start, end } = await admin.offsets(at);
        const next = this.#next.get(partition) ?? start;
        // Of a topic that was made anew nothing was read yet.
        const from = next > end ? start : Math.max(next, start);
        return new PartitionLog(this.#driver, at, from, end);
      }),
    );
  }
}
