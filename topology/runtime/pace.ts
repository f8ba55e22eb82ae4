import type { Batch } from '../ports/kafka-driver.ts';
import type { Limits } from './settings.ts';

/** What a worker that has just begun takes at once: its code is not compiled yet, and a record takes up to twenty times as long. */
const FIRST_ROOM = 64;
/** However long records take: a poll has its own cost. */
const LEAST_ROOM = 16;

/** How much may be taken on, and when it must be committed. */
export class Pace {
  readonly #limits: Limits;
  /** Records that a poll may bring: no more than are processed in half a commit interval. */
  #room: number;
  /** Records since the room was judged, and how long they took, milliseconds. */
  #taken = 0;
  #lasted = 0;
  #uncommitted = 0;
  #lastCommit = 0;
  /** Timestamp of the oldest batch of each topic among them: one look per batch, none per record. */
  readonly #oldest = new Map<string, number>();

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#room = Math.min(FIRST_ROOM, limits.pollRecords);
  }

  /** Records that may be taken now. */
  get room(): number {
    return Math.min(this.#room, this.#limits.uncommittedRecords - this.#uncommitted);
  }

  /** Records processed and not committed. */
  get uncommitted(): number {
    return this.#uncommitted;
  }

  /** A batch is processed; `lasted` milliseconds. */
  took({ topic, records }: Batch, lasted: number): void {
    this.#uncommitted += records.length;
    this.#judge(records.length, lasted);
    const timestamp = records[0]?.timestamp;
    if (timestamp !== undefined && timestamp < (this.#oldest.get(topic) ?? Number.POSITIVE_INFINITY))
      this.#oldest.set(topic, timestamp);
  }

  /** Once as many records are taken as there was room for: how long would a whole room last? */
  #judge(records: number, lasted: number): void {
    this.#taken += records;
    this.#lasted += lasted;
    if (this.#taken < this.#room) return;
    const { commitInterval, pollRecords } = this.#limits;
    const lasts = (this.#room * this.#lasted) / this.#taken;
    if (lasts > commitInterval / 2)
      this.#room = Math.min(pollRecords, Math.max(LEAST_ROOM, Math.floor(this.#room / 2)));
    else if (lasts <= commitInterval / 4) this.#room = Math.min(pollRecords, this.#room * 2);
    this.#taken = 0;
    this.#lasted = 0;
  }

  /** How old the first record of each topic is among those that are not committed, milliseconds. */
  *ages(now: number): Generator<readonly [topic: string, age: number]> {
    // A producer's clock may be ahead of ours.
    for (const [topic, timestamp] of this.#oldest) yield [topic, Math.max(0, now - timestamp)];
  }

  /** Whether a commit must not wait any longer. */
  due(now: number): boolean {
    const { commitInterval, uncommittedRecords } = this.#limits;
    return now - this.#lastCommit >= commitInterval || this.#uncommitted >= uncommittedRecords;
  }

  /** Everything is committed; the records that were. */
  committed(now: number): number {
    this.#lastCommit = now;
    return this.dropped();
  }

  /** Everything since the last commit is forgotten. */
  dropped(): number {
    const records = this.#uncommitted;
    this.#uncommitted = 0;
    this.#oldest.clear();
    return records;
  }
}
