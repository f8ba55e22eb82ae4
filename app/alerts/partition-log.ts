import type { KafkaRecord } from '../../topology/model/record.ts';
import type { KafkaDriver, TopicPartition } from '../../topology/ports/kafka-driver.ts';

/** Offsets that are read at once: some megabytes of alerts, whatever the topic holds. */
const AT_ONCE = 1_000;

/** The committed records of one partition between two offsets, one by one, in bounded memory. */
export class PartitionLog {
  readonly at: TopicPartition;
  /** Offset behind the last. */
  readonly end: number;
  readonly #driver: KafkaDriver;
  #next: number;
  #held: readonly KafkaRecord[] = [];
  #dropped = 0;

  constructor(driver: KafkaDriver, at: TopicPartition, from: number, end: number) {
    this.#driver = driver;
    this.at = at;
    this.end = end;
    this.#next = from;
  }

  /** The record that comes next; undefined: there is none any more. */
  async head(): Promise<KafkaRecord | undefined> {
    while (this.#dropped >= this.#held.length && this.#next < this.end) await this.#read();
    return this.#held[this.#dropped];
  }

  /** The next record is done with. */
  drop(): void {
    this.#dropped++;
  }

  async #read(): Promise<void> {
    const to = Math.min(this.end, this.#next + AT_ONCE);
    const held: KafkaRecord[] = [];
    await this.#driver.read(this.at, this.#next, to, ({ records }) => void held.push(...records));
    this.#held = held;
    this.#dropped = 0;
    this.#next = to;
  }
}
