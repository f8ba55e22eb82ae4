/** Offsets `from` (inclusive) to `to` (exclusive), all of one producer. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

interface Open {
  readonly first: number;
  readonly spans: Span[];
}

/**
 * What transactions wrote into one partition: which are open, and what the aborted ones leave behind. Producers
 * interleave, so a transaction is a list of runs and never one range: a range would hide what others committed in it.
 */
export class TransactionSpans {
  /** By producer, in the order of their first offsets: a transaction that ends leaves, the next one enters last. */
  readonly #open = new Map<number, Open>();
  /** Disjoint, in offset order. */
  #aborted: Span[] = [];

  /** First offset of the earliest transaction that is not decided; undefined when there is none. */
  get firstOpen(): number | undefined {
    return this.#open.values().next().value?.first;
  }

  isOpen(producerId: number): boolean {
    return this.#open.has(producerId);
  }

  wrote(producerId: number, from: number, to: number): void {
    const open = this.#open.get(producerId);
    if (open === undefined) {
      this.#open.set(producerId, { first: from, spans: [{ from, to }] });
      return;
    }
    const last = open.spans.at(-1);
    if (last?.to === from) open.spans[open.spans.length - 1] = { from: last.from, to };
    else open.spans.push({ from, to });
  }

  /** The marker has come: what was committed needs no memory, what was aborted is hidden from now on. */
  decided(producerId: number, committed: boolean): void {
    const open = this.#open.get(producerId);
    this.#open.delete(producerId);
    if (open === undefined || committed) return;
    // Only what lies behind the transaction's first offset can interleave with it.
    const later = this.#aborted.splice(this.#indexBehind(open.first));
    for (const span of later.concat(open.spans).toSorted((a, b) => a.from - b.from)) this.#aborted.push(span);
  }

  /** The first aborted run that ends behind the offset. */
  nextAborted(offset: number): Span | undefined {
    return this.#aborted[this.#indexBehind(offset)];
  }

  /** Nothing before the offset is in the log any more. Open transactions stay open: their marker is still to come. */
  forgetBefore(offset: number): void {
    const gone = this.#indexBehind(offset);
    if (gone > 0) this.#aborted = this.#aborted.slice(gone);
  }

  /** Nothing from the offset on is in the log any more; a transaction that began there never was. */
  cut(from: number): void {
    this.#aborted = clipped(this.#aborted, from);
    for (const [producerId, { first, spans }] of this.#open) {
      if (first >= from) this.#open.delete(producerId);
      else this.#open.set(producerId, { first, spans: clipped(spans, from) });
    }
  }

  /** Index of the first aborted run that ends behind the offset. */
  #indexBehind(offset: number): number {
    let low = 0;
    let high = this.#aborted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#aborted[middle] as Span).to <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const clipped = (spans: readonly Span[], end: number): Span[] =>
  spans.filter(({ from }) => from < end).map(({ from, to }) => ({ from, to: Math.min(to, end) }));
