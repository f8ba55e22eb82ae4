import type { KafkaRecord } from '../../topology/model/record.ts';

/** How many dead records a log carries before it lets go of them: amortises the copy. */
const SLACK = 4_096;

/** One partition: committed records in offset order. Offsets have gaps, as in Kafka, where control records stood. */
export class PartitionLog {
  #records: KafkaRecord[] = [];
  /** Index of the first record that is still in the log. */
  #first = 0;
  #start = 0;
  #end = 0;

  /** First offset that can be read. */
  get start(): number {
    return this.#start;
  }

  /** Offset of the next record. */
  get end(): number {
    return this.#end;
  }

  append(record: Omit<KafkaRecord, 'offset'>): number {
    const offset = this.#end++;
    const { timestamp, key, value, headers } = record;
    this.#records.push(
      headers === undefined ? { offset, timestamp, key, value } : { offset, timestamp, key, value, headers },
    );
    return offset;
  }

  /** A commit marker: it takes an offset and is never delivered. */
  appendMarker(): void {
    this.#end++;
  }

  /** Records from `offset` on, within both bounds but at least one, and the offset behind them. */
  read(
    offset: number,
    maxRecords: number,
    maxBytes: number,
    before: number = this.#end,
  ): { records: KafkaRecord[]; nextOffset: number } {
    const records: KafkaRecord[] = [];
    let bytes = 0;
    for (let i = this.#indexOf(offset); i < this.#records.length; i++) {
      const record = this.#records[i] as KafkaRecord;
      if (record.offset >= before) break;
      bytes += (record.value?.length ?? 0) + (record.key?.length ?? 0);
      if (records.length > 0 && (records.length >= maxRecords || bytes > maxBytes))
        return { records, nextOffset: record.offset };
      records.push(record);
    }
    return { records, nextOffset: Math.max(offset, Math.min(before, this.#end)) };
  }

  /** Lets go of what lies before the offset. */
  truncate(before: number): void {
    if (before <= this.#start) return;
    this.#start = Math.min(before, this.#end);
    this.#first = this.#indexOf(this.#start);
    if (this.#first < SLACK && this.#first < this.#records.length) return;
    this.#records = this.#records.slice(this.#first);
    this.#first = 0;
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
