import type { Codec } from '../../topology/model/codec.ts';
import { isStreamsError } from '../../topology/model/errors.ts';
import type { KafkaRecord } from '../../topology/model/record.ts';
import { type Duration, milliseconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { Batch } from '../../topology/ports/kafka-driver.ts';

/** Where records go when they are read, or cannot be. */
export interface Read<V> {
  read(record: KafkaRecord, value: V): void;
  /** It can never be read, for this reason. */
  lost(record: KafkaRecord, reason: string, error: unknown): void;
  /** All records before this offset were read. */
  reached(nextOffset: number): void;
  /** Nobody answers who knows the schema of a record; a code of the table of errors. */
  retrying?(code: string): void;
}

const ASK_AGAIN: Duration = milliseconds(500);

/** Reads the values of a partition in their order; a record whose schema is not known waits for it, and the rest behind it. */
export class Reading<V> {
  readonly #codec: Codec<V>;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #to: Read<V>;
  #unread: Batch[] = [];
  #learning: Promise<void> | undefined;

  constructor(codec: Codec<V>, clock: Clock, signal: AbortSignal, to: Read<V>) {
    this.#codec = codec;
    this.#clock = clock;
    this.#signal = signal;
    this.#to = to;
  }

  /** When the oldest record was written that waits for its schema; epoch milliseconds. */
  get oldest(): number | undefined {
    return this.#unread[0]?.records[0]?.timestamp;
  }

  /** A promise where something must be learnt first: until its end more batches may be given, and wait. */
  take(batch: Batch): Promise<void> | undefined {
    this.#unread.push(batch);
    if (this.#learning !== undefined) return this.#learning;
    const unknown = this.#readOn();
    if (unknown === undefined) return undefined;
    this.#learning = this.#learn(unknown).finally(() => {
      this.#learning = undefined;
    });
    return this.#learning;
  }

  /** Reads what waits, up to a value whose schema is not known: this one. */
  #readOn(): Uint8Array | undefined {
    for (let batch = this.#unread[0]; batch !== undefined; batch = this.#unread[0]) {
      for (const [i, record] of batch.records.entries()) {
        const unknown = this.#read(record);
        if (unknown === undefined) continue;
        this.#unread[0] = { ...batch, records: batch.records.slice(i) };
        return unknown;
      }
      this.#unread.shift();
      this.#to.reached(batch.nextOffset);
    }
    return undefined;
  }

  async #learn(first: Uint8Array): Promise<void> {
    for (let unknown: Uint8Array | undefined = first; unknown !== undefined && !this.#signal.aborted; ) {
      try {
        await this.#codec.learn?.(unknown);
      } catch (error) {
        this.#to.retrying?.(isStreamsError(error) ? error.code : 'unexpected');
        await this.#clock.sleep(ASK_AGAIN, this.#signal);
      }
      if (!this.#signal.aborted) unknown = this.#readOn();
    }
  }

  #read(record: KafkaRecord): Uint8Array | undefined {
    const { key, value } = record;
    if (key === null || value === null) {
      this.#to.lost(record, key === null ? 'missing-key' : 'tombstone', undefined);
      return undefined;
    }
    let read: V;
    try {
      read = this.#codec.decode(value);
    } catch (error) {
      if (isStreamsError(error) && error.code === 'schema-not-read' && this.#codec.learn !== undefined)
        return value;
      this.#to.lost(record, isStreamsError(error) ? error.code : 'unreadable', error);
      return undefined;
    }
    this.#to.read(record, read);
    return undefined;
  }
}
