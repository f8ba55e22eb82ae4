import type { FeedRecord } from './feed-record.ts';
import { BATCH_RECORDS } from './file-records.ts';

type Batches = AsyncGenerator<FeedRecord[]>;

/** The next record of one file. */
class Head {
  readonly #index: number;
  readonly #source: Batches;
  #batch: FeedRecord[] = [];
  #at = 0;
  /** A record without an arrival has its predecessor's, and so comes right behind it. */
  #arrival = Number.NEGATIVE_INFINITY;

  constructor(index: number, source: Batches) {
    this.#index = index;
    this.#source = source;
  }

  /** Reads on; false at the end of the file. */
  async fill(): Promise<boolean> {
    do {
      const next = await this.#source.next();
      if (next.done === true) return false;
      this.#batch = next.value;
    } while (this.#batch.length === 0);
    this.#at = -1;
    return this.#advance();
  }

  /** Moves records to `out` as long as they come before the head `other`; false when the batch is used up. */
  drain(other: Head | undefined, out: FeedRecord[]): boolean {
    while (out.length < BATCH_RECORDS && (other === undefined || this.before(other))) {
      const record = this.#batch[this.#at];
      if (record !== undefined) out.push(record);
      if (!this.#advance()) return false;
    }
    return true;
  }

  before(other: Head): boolean {
    if (this.#arrival !== other.#arrival) return this.#arrival < other.#arrival;
    return this.#index < other.#index;
  }

  #advance(): boolean {
    this.#at++;
    const record = this.#batch[this.#at];
    if (record === undefined) return false;
    this.#arrival = record.arrival ?? this.#arrival;
    return true;
  }
}

/**
 * Merges files by arrival. Each file keeps its own order; a record without an arrival follows its predecessor in its
 * file; of equal arrivals the file given first comes first. Holds a batch of each file.
 */
export async function* mergeByArrival(sources: readonly Batches[]): AsyncGenerator<FeedRecord[]> {
  try {
    // A heap: the head that is next stands first, the one after it among its two children.
    const heap: Head[] = [];
    for (const [index, source] of sources.entries()) {
      const head = new Head(index, source);
      if (await head.fill()) push(heap, head);
    }
    let out: FeedRecord[] = [];
    for (let top = heap[0]; top !== undefined; top = heap[0]) {
      const more = top.drain(second(heap), out) || (await top.fill());
      if (!more) heap[0] = heap.at(-1) ?? top;
      if (!more) heap.pop();
      sink(heap);
      if (out.length >= BATCH_RECORDS) {
        yield out;
        out = [];
      }
    }
    if (out.length > 0) yield out;
  } finally {
    for (const source of sources) await source.return(undefined);
  }
}

function second(heap: readonly Head[]): Head | undefined {
  const [, left, right] = heap;
  return right !== undefined && left !== undefined && right.before(left) ? right : left;
}

function push(heap: Head[], head: Head): void {
  let at = heap.push(head) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || above.before(head)) break;
    heap[at] = above;
    heap[parent] = head;
    at = parent;
  }
}

function sink(heap: Head[]): void {
  const head = heap[0];
  if (head === undefined) return;
  let at = 0;
  for (;;) {
    const left = heap[2 * at + 1];
    const right = heap[2 * at + 2];
    const child = right !== undefined && left !== undefined && right.before(left) ? right : left;
    if (child === undefined || head.before(child)) return;
    heap[at] = child;
    at = child === left ? 2 * at + 1 : 2 * at + 2;
    heap[at] = head;
  }
}
