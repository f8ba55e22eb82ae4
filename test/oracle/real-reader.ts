import { randomUUID } from 'node:crypto';
import type { KafkaRecord } from '../../topology/model/record.ts';
import { seconds } from '../../topology/model/time.ts';
import type { Assignment, KafkaDriver, TopicPartition } from '../../topology/ports/kafka-driver.ts';
import { key, PARTITIONS } from './real-cluster.ts';

/** A line for each record of a partition, in the order in which a reader saw them. */
export type Seen = ReadonlyMap<number, readonly string[]>;

const hex = (bytes: Uint8Array | null): string =>
  bytes === null ? 'null' : Buffer.from(bytes).toString('hex');

export const lineOf = (offset: number, recordKey: Uint8Array | null, value: Uint8Array | null): string =>
  `${offset} ${hex(recordKey)} ${hex(value)}`;

const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);

/**
 * Puts an end to a topic, by partition: a record behind all others, which readers of committed records see only when all
 * before it is decided. Gives its offsets, when it can be read.
 */
export async function ended(driver: KafkaDriver, topic: string): Promise<Map<number, number>> {
  const last = partitions.map((partition) => ({ key: null, value: null, timestamp: Date.now(), partition }));
  const at = new Map<number, number>();
  for (const { partition, offset } of await driver.producer().send(topic, last)) at.set(partition, offset);
  for (const [partition, offset] of at) {
    while ((await driver.admin().offsets({ topic, partition })).end <= offset) await pause();
  }
  return at;
}

/** Committed records of each partition, from where it began up to its end. */
export async function readAll(
  driver: KafkaDriver,
  topic: string,
  from: ReadonlyMap<string, number>,
  to: ReadonlyMap<number, number>,
): Promise<Map<number, KafkaRecord[]>> {
  const found = new Map<number, KafkaRecord[]>();
  for (const [partition, end] of to) {
    const at = { topic, partition };
    const records: KafkaRecord[] = [];
    await driver.read(at, from.get(key(at)) ?? 0, end, (batch) => records.push(...batch.records));
    found.set(partition, records);
  }
  return found;
}

export const seenOf = (found: ReadonlyMap<number, readonly KafkaRecord[]>): Seen =>
  new Map(
    [...found].map(([partition, records]) => [
      partition,
      records.map((record) => lineOf(record.offset, record.key, record.value)),
    ]),
  );

const pause = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 20));

/** Without what stands at the end of a partition, or behind it. */
export const upTo = (seen: Seen, to: ReadonlyMap<number, number>): Seen =>
  new Map(
    [...seen].map(([partition, lines]) => [
      partition,
      lines.filter((line) => Number.parseInt(line, 10) < (to.get(partition) ?? 0)),
    ]),
  );

/** Reads a topic as a member of a group of its own from the time it is made, while others write to it. */
export class ConcurrentReader {
  readonly #seen = new Map<number, string[]>(partitions.map((partition) => [partition, []]));
  readonly #positions = new Map<number, number>();
  readonly #reading: Promise<void>;
  readonly #driver: KafkaDriver;
  readonly #topic: string;
  #stopped = false;

  constructor(driver: KafkaDriver, topic: string, from: ReadonlyMap<string, number>) {
    this.#driver = driver;
    this.#topic = topic;
    this.#reading = this.#read(from);
    // Whoever waits for the end is told; where nobody comes to wait, another failure is the one to be seen.
    this.#reading.catch(() => {});
  }

  /** Reads on up to the end of each partition, and gives all that it saw before it. */
  async end(to: ReadonlyMap<number, number>): Promise<Seen> {
    for (const [partition, end] of to)
      while ((this.#positions.get(partition) ?? 0) <= end) await Promise.race([this.#reading, pause()]);
    this.#stopped = true;
    await this.#reading;
    return upTo(this.#seen, to);
  }

  async #read(from: ReadonlyMap<string, number>): Promise<void> {
    const consumer = this.#driver.consumer({
      groupId: `reader-${randomUUID()}`,
      sessionTimeout: seconds(10),
      rebalanceTimeout: seconds(10),
    });
    let assignment: Assignment | undefined;
    let sought: Assignment | undefined;
    await consumer.subscribe([this.#topic], {
      onAssigned: (given) => {
        assignment = given;
      },
      onRevoked: () => Promise.reject(new Error('Nobody else is in this group.')),
    });
    while (!this.#stopped) {
      if (sought !== assignment) {
        sought = assignment;
        for (const at of assignment?.partitions ?? []) consumer.seek(at, this.#start(at, from));
      }
      for (const { partition, records, nextOffset } of await consumer.poll(LIMITS)) {
        const seen = this.#seen.get(partition);
        for (const record of records) seen?.push(lineOf(record.offset, record.key, record.value));
        this.#positions.set(partition, nextOffset);
      }
    }
    await consumer.close();
  }

  #start(at: TopicPartition, from: ReadonlyMap<string, number>): number {
    const start = from.get(key(at)) ?? 0;
    this.#positions.set(at.partition, start);
    return start;
  }
}

const LIMITS = { maxRecords: 200, maxBytes: 1 << 20, waitMs: 100 };
