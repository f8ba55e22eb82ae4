import type { Batch } from '../ports/kafka-driver.ts';
import type { Limits } from './settings.ts';

/** How much may be taken on, and when it must be committed. */
export class Pace {
  readonly #limits: Limits;
  #uncommitted = 0;
  #lastCommit = 0;
  /** Timestamp of the oldest batch of each topic among them: one look per batch, none per record. */
  readonly #oldest = new Map<string, number>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Records that may be taken now. */
  get room(): number {
    return Math.min(this.#limits.pollRecords, this.#limits.uncommittedRecords - this.#uncommitted);
  }

  /** Records processed and not committed. */
  get uncommitted(): number {
    return this.#uncommitted;
  }

  took({ topic, records }: Batch): void {
    this.#uncommitted += records.length;
    const timestamp = records[0]?.timestamp;
    if (timestamp !== undefined && timestamp < (this.#oldest.get(topic) ?? Number.POSITIVE_INFINITY))
      this.#oldest.set(topic, timestamp);
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
