import { type Ahead, NONE_AHEAD } from './standing.ts';

/** Which offset to commit of a partition whose records end in any order: all before it are over. */
export class OffsetTracker {
  /** Offsets that are begun and not over, ascending: they are taken from the log in order. */
  readonly #open = new Set<number>();
  /** What was over before this tracker began, beyond where it begins. */
  readonly #before: Ahead;
  #next: number;
  /** One more than the highest that was begun. */
  #until: number;

  constructor(next: number, before: Ahead = NONE_AHEAD) {
    this.#next = next;
    this.#before = before;
    this.#until = next;
  }

  /** Whether the record is to be carried out: one that was over before is not. Offsets come ascending. */
  begin(offset: number): boolean {
    this.#until = offset + 1;
    if (offset < this.#before.until && !this.#before.open.has(offset)) return false;
    this.#open.add(offset);
    return true;
  }

  end(offset: number): void {
    this.#open.delete(offset);
  }

  /** The log is read up to here; control records at its end are passed too. */
  reached(nextOffset: number): void {
    this.#next = nextOffset;
  }

  get next(): number {
    const [first] = this.#open;
    return first ?? this.#next;
  }

  /** What is over although something before it is not. What was over before and was not read again yet stays so. */
  get ahead(): Ahead {
    const { until, open } = this.#before;
    if (this.#until >= until) return { until: this.#until, open: this.#open };
    const later = [...open].filter((offset) => offset >= this.#until);
    return { until, open: new Set([...this.#open, ...later]) };
  }

  /** Records begun and not over. */
  get pending(): number {
    return this.#open.size;
  }
}
