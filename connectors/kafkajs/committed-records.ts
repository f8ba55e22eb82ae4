import type { Headers, KafkaRecord } from '../../topology/model/record.ts';
import type { Read } from '../kafka-client/reads.ts';
import type { Message, RecordBatch } from './library.ts';

const ABORT = 0;

/** A transaction that was aborted: of this producer nothing counts from that offset to its next marker. */
export interface Aborted {
  readonly producerId: string;
  readonly firstOffset: number;
}

/**
 * The records that are committed, and where to go on. `from`: records before it, which come along in the same batch, are left out. The
 * list of the answer comes in the order in which the transactions ended; several producers may be interleaved, and a transaction may
 * begin before the first batch or end after the last. The library's own filter takes the list as it comes, begins one transaction a
 * record at most, and takes any record with a key of four zeros for the end of one: with it, aborted records are read as committed.
 */
export function committedRecords(
  batches: readonly RecordBatch[],
  from: number,
  aborted: readonly Aborted[],
): Omit<Read, 'bytes' | 'end'> {
  const begins = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset);
  const open = new Set<string>();
  const records: KafkaRecord[] = [];
  let nextOffset = from;
  let epoch = -1;
  let begun = 0;
  for (const batch of batches) {
    const { producerId, isControlBatch, inTransaction } = batch;
    const last = Number(batch.firstOffset) + batch.lastOffsetDelta;
    for (; begun < begins.length && (begins[begun] as Aborted).firstOffset <= last; begun++)
      open.add((begins[begun] as Aborted).producerId);
    if (isControlBatch) {
      if (markerOf(batch) === ABORT) open.delete(producerId);
    } else if (!inTransaction || !open.has(producerId)) {
      for (const message of batch.records)
        if (Number(message.offset) >= from) records.push(recordOf(message));
    }
    nextOffset = Math.max(nextOffset, last + 1);
    epoch = batch.partitionLeaderEpoch;
  }
  // The library has unpacked them already.
  const run = { from, count: records.length, records: () => records };
  return { runs: records.length === 0 ? [] : [run], nextOffset, epoch };
}

/** Type of the control record: 0 abort, 1 commit; -1 for another, which ends no transaction. */
function markerOf({ records }: RecordBatch): number {
  const key = records[0]?.key ?? undefined;
  return key !== undefined && key.length >= 4 ? key.readInt16BE(2) : -1;
}

function recordOf({ offset, timestamp, key, value, headers }: Message): KafkaRecord {
  const record = { offset: Number(offset), timestamp: Number(timestamp), key, value };
  const given = headersOf(headers);
  return given === undefined ? record : { ...record, headers: given };
}

/** Of a name that comes several times the last value. */
function headersOf(headers: Message['headers']): Headers | undefined {
  const names = Object.keys(headers);
  if (names.length === 0) return undefined;
  return Object.fromEntries(
    names.map((name) => {
      const values: unknown = headers[name];
      const value: unknown = Array.isArray(values) ? values.at(-1) : values;
      return [name, Buffer.isBuffer(value) ? value : new Uint8Array(0)];
    }),
  );
}
