import { StreamsError } from '../../../topology/model/errors.ts';
import type { KafkaRecord } from '../../../topology/model/record.ts';
import { TransactionSpans } from './transaction-spans.ts';

/** How many dead records a log carries before it lets go of them: amortises the copy. */
const SLACK = 4_096;

/** A record before the log has given it its offset. */
export type NewRecord = Omit<KafkaRecord, 'offset'>;

export interface ReadOptions {
  /** True: as a consumer with `isolation.level=read_committed`; false: everything that was appended. */
  readonly committed: boolean;
  /** Offset at which the read ends at the latest. */
  readonly before?: number;
}

export interface LogRead {
  readonly records: readonly KafkaRecord[];
  /** Where to go on: past control records, and past aborted runs when only what is committed is read. */
  readonly nextOffset: number;
}

/** One partition: records in offset order, with gaps where control records stand. There is one replica. */
export class PartitionLog {
  #records: KafkaRecord[] = [];
  readonly #transactions = new TransactionSpans();
  /** Index of the first record that is still in the log. */
  #first = 0;
  #start = 0;
  #end = 0;

  /** First offset that can be read. */
  get start(): number {
    return this.#start;
  }

  /** Offset of the next record; with one replica that is the high watermark too. */
  get end(): number {
    return this.#end;
  }

  /** The last stable offset: everything before it is decided, and nothing from it on is delivered as committed. */
  get stableEnd(): number {
    // Retention may pass the beginning of a transaction, never the other way round.
    return Math.max(this.#transactions.firstOpen ?? this.#end, this.#start);
  }

  /** True while the producer has written here in a transaction whose marker has not come. */
  isOpen(producerId: number): boolean {
    return this.#transactions.isOpen(producerId);
  }

  /** Appends the records in a row and gives the first one's offset. */
  append(
    records: readonly NewRecord[],
    producer?: { readonly producerId: number; readonly transactional: boolean },
  ): number {
    const base = this.#end;
    for (const { timestamp, key, value, headers } of records) {
      const offset = this.#end++;
      this.#records.push(
        headers === undefined
          ? { offset, timestamp, key, value }
          : { offset, timestamp, key, value, headers },
      );
    }
    if (producer?.transactional === true && this.#end > base) {
      this.#transactions.wrote(producer.producerId, base, this.#end);
    }
    return base;
  }

  /** A control record, which is never delivered: decides what the producer wrote since its last one. Gives its offset. */
  marker(producerId: number, committed: boolean): number {
    this.#transactions.decided(producerId, committed);
    return this.#end++;
  }

  /**
   * Records from `offset` on within both bounds, but at least one when there is one, as a fetch gives them.
   * @throws StreamsError `log-truncated` when the offset lies before the start or behind the end: OFFSET_OUT_OF_RANGE.
   */
  read(offset: number, maxRecords: number, maxBytes: number, { committed, before }: ReadOptions): LogRead {
    this.#assertInside(offset);
    const bound = Math.min(before ?? this.#end, committed ? this.stableEnd : this.#end);
    const records: KafkaRecord[] = [];
    let hidden = committed ? this.#transactions.nextAborted(offset) : undefined;
    let hideFrom = hidden?.from ?? Number.POSITIVE_INFINITY;
    let bytes = 0;
    for (let i = this.#indexOf(offset); i < this.#records.length; ) {
      const record = this.#records[i] as KafkaRecord;
      if (record.offset >= bound) break;
      if (hidden !== undefined && record.offset >= hideFrom) {
        i = this.#indexOf(hidden.to);
        hidden = this.#transactions.nextAborted(hidden.to);
        hideFrom = hidden?.from ?? Number.POSITIVE_INFINITY;
        continue;
      }
      bytes += (record.value?.length ?? 0) + (record.key?.length ?? 0);
      if (records.length > 0 && (records.length >= maxRecords || bytes > maxBytes)) {
        return { records, nextOffset: record.offset };
      }
      records.push(record);
      i++;
    }
    return { records, nextOffset: Math.max(offset, bound) };
  }

  /** Lets go of what lies before the offset: retention, or DeleteRecords. Never goes back, never beyond the end. */
  truncate(before: number): void {
    if (before <= this.#start) return;
    this.#start = Math.min(before, this.#end);
    this.#transactions.forgetBefore(this.#start);
    this.#first = this.#indexOf(this.#start);
    if (this.#first < SLACK && this.#first < this.#records.length) return;
    this.#records = this.#records.slice(this.#first);
    this.#first = 0;
  }

  /**
   * An unclean election: a replica that never got what lies from the offset on leads, and new records take those
   * offsets. What was decided stays decided although its marker may be among the lost: a real log would hold such a
   * transaction open until an operator aborts it, and nothing here plays the operator.
   */
  loseTail(from: number): void {
    if (from >= this.#end) return;
    this.#records.length = this.#indexOf(from);
    this.#end = Math.max(from, 0);
    this.#start = Math.min(this.#start, this.#end);
    this.#transactions.cut(this.#end);
  }

  #assertInside(offset: number): void {
    if (offset >= this.#start && offset <= this.#end) return;
    throw new StreamsError(
      'log-truncated',
      `Offset ${offset} is not in the log, which goes from ${this.#start} to ${this.#end}.`,
    );
  }

  /** Index of the first record at or behind the offset. */
  #indexOf(offset: number): number {
    let low = this.#first;
    let high = this.#records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#records[middle] as KafkaRecord).offset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
