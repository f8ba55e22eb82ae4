import type { Limits } from './settings.ts';

/** How much may be taken on, and when it must be committed. */
export class Pace {
  readonly #limits: Limits;
  #uncommitted = 0;
  #lastCommit = 0;

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

  took(records: number): void {
    this.#uncommitted += records;
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
    return records;
  }
}
