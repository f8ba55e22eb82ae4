import { isStreamsError, type StreamsError } from '../../topology/model/errors.ts';
import type { KafkaRecord } from '../../topology/model/record.ts';
import type { Batch, TopicPartition } from '../../topology/ports/kafka-driver.ts';
import type { Fetched, RecordRun } from './reads.ts';

/** A batch, and whether there is more behind it that may be read. */
export interface Given extends Batch {
  readonly more: boolean;
}

/** `isCut`: its first run is the rest of one that is unpacked. */
interface Held extends Fetched {
  readonly isCut: boolean;
}

/** What was fetched, and not yet given. */
export class Waiting {
  #fetched: readonly Held[] = [];

  get empty(): boolean {
    return this.#fetched.length === 0;
  }

  put(fetched: readonly Fetched[]): void {
    this.#fetched = [...this.#fetched, ...fetched.map((one) => ({ ...one, isCut: false }))];
  }

  has({ topic, partition }: TopicPartition): boolean {
    return this.#fetched.some((of) => of.topic === topic && of.partition === partition);
  }

  drop({ topic, partition }: TopicPartition): void {
    this.#fetched = this.#fetched.filter((of) => of.topic !== topic || of.partition !== partition);
  }

  /**
   * At most so many records, of each partition its share in whole runs, as long as there is room. The next time begins with what is left of
   * a run, which is unpacked already, for half of the room at most, then all that is left of another, and goes on with those that had none:
   * of no more than two runs the records wait, however long they are. What cannot be unpacked is dropped, and `unreadable` told from
   * where on. @throws what unpacking it throws.
   */
  give(maxRecords: number, unreadable: (at: TopicPartition, from: number) => void): Given[] {
    const given: Given[] = [];
    const [cut, begun]: [Held[], Held[]] = [[], []];
    let room = maxRecords;
    let i = 0;
    for (; i < this.#fetched.length && room > 0; i++) {
      const one = this.#fetched[i] as Held;
      const share = Math.ceil(room / (this.#fetched.length - i));
      const alone = i + 1 === this.#fetched.length;
      const most = one.isCut && i === 0 && !alone ? Math.ceil(room / 2) : room;
      const { records, runs, isCut, error } = unpacked(one.runs, Math.min(share, most), most);
      if (error !== undefined && records.length === 0) {
        // What came beside it is given first.
        if (given.length > 0) break;
        this.drop(one);
        unreadable(one, runs[0]?.from ?? one.nextOffset);
        throw error;
      }
      const nextOffset = runs[0]?.from ?? one.nextOffset;
      const { topic, partition, end } = one;
      given.push({ topic, partition, records, nextOffset, more: nextOffset < end });
      if (runs.length > 0) (isCut ? cut : begun).push({ ...one, runs, isCut });
      room -= records.length;
    }
    this.#fetched = [...cut, ...this.#fetched.slice(i), ...begun];
    return given;
  }
}

interface Unpacked {
  readonly records: readonly KafkaRecord[];
  readonly runs: readonly RecordRun[];
  /** The first of them is the rest of one that is unpacked. */
  readonly isCut: boolean;
  /** Why the next run cannot be unpacked. */
  readonly error?: StreamsError;
}

/** Records of the first runs until there are `enough`, at most `room` of them, and the runs that are left. */
function unpacked(runs: readonly RecordRun[], enough: number, room: number): Unpacked {
  let records: readonly KafkaRecord[] = [];
  for (const [i, run] of runs.entries()) {
    if (records.length >= enough) return { records, runs: runs.slice(i), isCut: false };
    let found: readonly KafkaRecord[];
    try {
      found = run.records();
    } catch (error) {
      if (!isStreamsError(error)) throw error;
      return { records, runs: runs.slice(i), isCut: false, error };
    }
    const rest = found.slice(room - records.length);
    const taken = rest.length === 0 ? found : found.slice(0, room - records.length);
    records = records.length === 0 ? taken : [...records, ...taken];
    const [first] = rest;
    if (first === undefined) continue;
    const left = { from: first.offset, count: rest.length, records: () => rest };
    return { records, runs: [left, ...runs.slice(i + 1)], isCut: true };
  }
  return { records, runs: [], isCut: false };
}
