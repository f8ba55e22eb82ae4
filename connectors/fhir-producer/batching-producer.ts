import { StreamsError } from '../../topology/model/errors.ts';
import type { OutgoingRecord, Position } from '../../topology/model/record.ts';
import type { Duration } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { ProducerPort } from '../../topology/ports/kafka-driver.ts';

export interface Batching {
  /** How long a record waits for others that go with it. One that comes while a batch is on its way waits for that. */
  readonly linger: Duration;
  /** Records of a batch at most. */
  readonly batchRecords: number;
  /** Bytes of a batch at most; a single record may be more. */
  readonly batchBytes: number;
  /** Records that are not acknowledged at most: beyond it none is taken. */
  readonly maxPending: number;
}

interface Waiting {
  readonly topic: string;
  readonly record: OutgoingRecord;
  readonly acknowledged: (position: Position) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Gathers single records into batches. One batch is on its way at a time, so the records of a partition keep the order in which
 * they were given, and the next batch is what has come meanwhile.
 */
export class BatchingProducer {
  readonly #producer: ProducerPort;
  readonly #clock: Clock;
  readonly #batching: Batching;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #pending = 0;
  #working: Promise<void> | undefined;
  #hurry = new AbortController();
  #closed = false;
  readonly #roomWanted = new Set<() => void>();

  constructor(producer: ProducerPort, clock: Clock, batching: Batching) {
    this.#producer = producer;
    this.#clock = clock;
    this.#batching = batching;
  }

  /** Records that are not acknowledged yet. */
  get pending(): number {
    return this.#pending;
  }

  /**
   * Resolves to where the record stands, when all replicas have it.
   * @throws StreamsError `publisher-full`, `publisher-closed`, what the brokers refuse. After an error it may be there or not.
   */
  send(topic: string, record: OutgoingRecord): Promise<Position> {
    if (this.#closed) return Promise.reject(new StreamsError('publisher-closed', 'The publisher is closed.'));
    const { maxPending, batchRecords, batchBytes } = this.#batching;
    if (this.#pending >= maxPending)
      return Promise.reject(
        new StreamsError('publisher-full', `${maxPending} records are not acknowledged yet.`),
      );
    this.#pending++;
    const { promise, resolve, reject } = Promise.withResolvers<Position>();
    this.#waiting.push({ topic, record, acknowledged: resolve, failed: reject });
    this.#waitingBytes += sizeOf(record);
    if (this.#waiting.length >= batchRecords || this.#waitingBytes >= batchBytes) this.#hurry.abort();
    this.#working ??= this.#work();
    return promise;
  }

  /** Resolves when there is room for another record. */
  async ready(): Promise<void> {
    while (this.#pending >= this.#batching.maxPending)
      await new Promise<void>((resolve) => this.#roomWanted.add(resolve));
  }

  /** Sends what waits without lingering. Resolves when nothing is on its way, whether it was acknowledged or not. */
  async flush(): Promise<void> {
    this.#hurry.abort();
    await this.#working;
  }

  /** Takes no more, and flushes. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
    await this.#producer.close();
  }

  async #work(): Promise<void> {
    const { linger } = this.#batching;
    if (linger > 0) await this.#clock.sleep(linger, this.#hurry.signal);
    // What is given in one go belongs together, also without a linger.
    else await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#next();
      await Promise.all([...Map.groupBy(batch, ({ topic }) => topic)].map((of) => this.#send(...of)));
    }
    this.#hurry = new AbortController();
    this.#working = undefined;
  }

  #next(): Waiting[] {
    const { batchRecords, batchBytes } = this.#batching;
    let bytes = 0;
    let count = 0;
    for (const { record } of this.#waiting) {
      bytes += sizeOf(record);
      if (count > 0 && (count === batchRecords || bytes > batchBytes)) break;
      count++;
    }
    const batch = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    for (const { record } of batch) this.#waitingBytes -= sizeOf(record);
    return batch;
  }

  async #send(topic: string, of: readonly Waiting[]): Promise<void> {
    const byRecord = new Map(of.map((one) => [one.record, one]));
    try {
      const runs = await this.#producer.send(topic, [...byRecord.keys()]);
      this.#settled(of.length);
      for (const { partition, offset, records } of runs)
        records.forEach((record, i) => {
          byRecord.get(record)?.acknowledged({ topic, partition, offset: offset + i });
        });
    } catch (error) {
      this.#settled(of.length);
      for (const { failed } of of) failed(error);
    }
  }

  #settled(count: number): void {
    this.#pending -= count;
    for (const resolve of this.#roomWanted) resolve();
    this.#roomWanted.clear();
  }
}

const sizeOf = ({ key, value }: OutgoingRecord): number => (key?.length ?? 0) + (value?.length ?? 0) + 100;
