/** Which offset to commit of a partition whose records end in any order: all before it are over. */
export class OffsetTracker {
  /** Offsets under way, ascending: they are taken from the log in order. */
  readonly #begun: number[] = [];
  #first = 0;
  readonly #over = new Set<number>();
  #next: number;

  constructor(next: number) {
    this.#next = next;
  }

  begin(offset: number): void {
    this.#begun.push(offset);
  }

  end(offset: number): void {
    this.#over.add(offset);
    for (let first = this.#begun[this.#first]; first !== undefined; first = this.#begun[this.#first]) {
      if (!this.#over.delete(first)) break;
      this.#first++;
    }
    if (this.#first > 1_024) this.#begun.splice(0, this.#first), (this.#first = 0);
  }

  /** The log is read up to here; control records at its end are passed too. */
  reached(nextOffset: number): void {
    this.#next = nextOffset;
  }

  get next(): number {
    return this.#begun[this.#first] ?? this.#next;
  }

  /** Records begun and not over. */
  get pending(): number {
    return this.#begun.length - this.#first - this.#over.size;
  }
}
