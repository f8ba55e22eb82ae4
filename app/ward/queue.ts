/** A queue that gives the smallest rank first; equal ranks in the order in which they came. */
export interface Queue<T> {
  readonly push: (rank: number, item: T) => void;
  /** The smallest rank, or Infinity when the queue is empty. */
  readonly next: () => number;
  readonly pop: () => T | undefined;
}

interface Entry<T> {
  readonly rank: number;
  readonly order: number;
  readonly item: T;
}

/** A binary heap. */
export function queueOf<T>(): Queue<T> {
  const heap: Entry<T>[] = [];
  let pushed = 0;
  const before = (a: Entry<T>, b: Entry<T>): boolean =>
    a.rank < b.rank || (a.rank === b.rank && a.order < b.order);

  const rise = (entry: Entry<T>): void => {
    let at = heap.length;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || !before(entry, parent)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = entry;
  };

  const sink = (entry: Entry<T>): void => {
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      if (left === undefined) break;
      const right = heap[2 * at + 2];
      const rightIsLess = right !== undefined && before(right, left);
      const least = rightIsLess ? right : left;
      if (!before(least, entry)) break;
      heap[at] = least;
      at = 2 * at + (rightIsLess ? 2 : 1);
    }
    heap[at] = entry;
  };

  return {
    push: (rank, item) => rise({ rank, order: pushed++, item }),
    next: () => heap[0]?.rank ?? Infinity,
    pop() {
      const first = heap[0];
      const last = heap.pop();
      if (last !== undefined && last !== first) sink(last);
      return first?.item;
    },
  };
}
