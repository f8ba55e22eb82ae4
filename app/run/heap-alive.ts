import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics } from 'node:v8';

/** A major collection leaves these empty: what is in them when it is told was made since. */
const YOUNG: ReadonlySet<string> = new Set(['new_space', 'new_large_object_space']);

/**
 * How much of the heap of this thread is alive, as far as V8 knows: what the last major collection left. What is used
 * says less: of a backlog most of it is dead. Begins with `start`; does not keep the process alive.
 */
export class HeapAlive {
  readonly #observer: PerformanceObserver;
  #bytes = 0;

  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      if (list.getEntries().some(isMajor)) this.#bytes = old();
    });
  }

  start(): void {
    this.#observer.observe({ type: 'gc' });
  }

  /** Bytes; 0 before the first major collection. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Ends it; the last figure stays. */
  close(): void {
    this.#observer.disconnect();
  }
}

/** The types of Node do not know that an entry of a collection says of which kind it was. */
const isMajor = (entry: PerformanceEntry & { readonly detail?: { readonly kind?: number } }): boolean =>
  entry.detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR;

const old = (): number =>
  getHeapSpaceStatistics().reduce(
    (sum, { space_name, space_used_size }) => (YOUNG.has(space_name) ? sum : sum + space_used_size),
    0,
  );
