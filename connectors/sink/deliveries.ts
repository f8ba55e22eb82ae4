import type { Lane, SinkRecord } from './sink.ts';

/** One call of a sink, and what it has taken. */
export class Running<V> {
  readonly lane: Lane<V>;
  readonly #stop = new AbortController();
  taken: readonly SinkRecord<V>[] = [];

  constructor(lane: Lane<V>) {
    const taking = (most?: number): readonly SinkRecord<V>[] => {
      // Who was told to stop gets nothing more: it would be nobody's.
      const more = this.#stop.signal.aborted ? [] : lane.take(most);
      this.taken = [...this.taken, ...more];
      return more;
    };
    this.lane = {
      key: lane.key,
      get waiting() {
        return lane.waiting;
      },
      take: taking,
    };
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  stop(): void {
    this.#stop.abort();
  }
}

/** The calls of a sink that are under way in one partition. */
export class Deliveries<V> {
  readonly #running = new Set<Running<V>>();
  readonly #idle: (() => void)[] = [];

  begin(lane: Lane<V>): Running<V> {
    const one = new Running(lane);
    this.#running.add(one);
    return one;
  }

  end(one: Running<V>): void {
    this.#running.delete(one);
    if (this.#running.size === 0) for (const told of this.#idle.splice(0)) told();
  }

  /** Records that were taken and are not over. */
  get taken(): number {
    let sum = 0;
    for (const { taken } of this.#running) sum += taken.length;
    return sum;
  }

  /** Stops those that have taken nothing yet: what they wait for may last. */
  stopIdle(): void {
    for (const one of this.#running) if (one.taken.length === 0) one.stop();
  }

  stop(): void {
    for (const one of this.#running) one.stop();
  }

  /** Resolves when none is under way any more. */
  ended(): Promise<void> {
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }
}
