import type { Lane, SinkRecord } from './sink.ts';

/** One lane to a key: records of a key go one behind the other, keys beside each other. */
export class Lanes<V> {
  readonly #lanes = new Map<string, OneLane<V>>();
  readonly #run: (lane: Lane<V>) => Promise<void>;

  /** `run` carries out what waits in a lane; it is called again while something waits. It must not reject. */
  constructor(run: (lane: Lane<V>) => Promise<void>) {
    this.#run = run;
  }

  add(record: SinkRecord<V>): void {
    let lane = this.#lanes.get(record.key);
    if (lane === undefined) {
      lane = new OneLane(record.key);
      this.#lanes.set(record.key, lane);
    }
    lane.add(record);
    if (!lane.busy) void this.#work(lane);
  }

  /** Oldest record that is not taken; undefined: none. */
  get oldest(): number | undefined {
    let oldest: number | undefined;
    for (const { waiting } of this.#lanes.values()) {
      const timestamp = waiting[0]?.timestamp;
      if (timestamp !== undefined && (oldest === undefined || timestamp < oldest)) oldest = timestamp;
    }
    return oldest;
  }

  async #work(lane: OneLane<V>): Promise<void> {
    lane.busy = true;
    while (lane.waiting.length > 0) {
      const before = lane.waiting.length;
      await this.#run(lane);
      // Whoever took nothing was told to stop.
      if (lane.waiting.length >= before) return;
    }
    this.#lanes.delete(lane.key);
  }
}

class OneLane<V> implements Lane<V> {
  readonly key: string;
  busy = false;
  #waiting: SinkRecord<V>[] = [];

  constructor(key: string) {
    this.key = key;
  }

  get waiting(): readonly SinkRecord<V>[] {
    return this.#waiting;
  }

  add(record: SinkRecord<V>): void {
    this.#waiting.push(record);
  }

  take(): readonly SinkRecord<V>[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }
}
