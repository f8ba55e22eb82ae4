import type { Lane, SinkRecord } from './sink.ts';

/** One lane to a key: records of a key go one behind the other, keys beside each other. */
export class Lanes<V> {
  readonly #lanes = new Map<string, OneLane<V>>();
  readonly #run: (lane: Lane<V>) => Promise<boolean>;

  /**
   * `run` carries out what waits in a lane, and says whether to go on: it is called again while something waits. It must not
   * reject, and takes something unless the lane was only woken.
   */
  constructor(run: (lane: Lane<V>) => Promise<boolean>) {
    this.#run = run;
  }

  add(record: SinkRecord<V>): void {
    const lane = this.#laneOf(record.key);
    lane.add(record);
    if (!lane.busy) void this.#work(lane);
  }

  /** Runs the lane of a key, even if nothing waits in it. */
  wake(key: string): void {
    const lane = this.#laneOf(key);
    lane.woken = true;
    if (!lane.busy) void this.#work(lane);
  }

  #laneOf(key: string): OneLane<V> {
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = new OneLane(key);
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  async #work(lane: OneLane<V>): Promise<void> {
    lane.busy = true;
    while (lane.waiting.length > 0 || lane.woken) {
      lane.woken = false;
      // Whoever was told to stop leaves the lane as it is: nothing of it is carried out any more.
      if (!(await this.#run(lane))) return;
    }
    this.#lanes.delete(lane.key);
  }
}

class OneLane<V> implements Lane<V> {
  readonly key: string;
  busy = false;
  woken = false;
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

  take(most: number = this.#waiting.length): readonly SinkRecord<V>[] {
    const taken = this.#waiting.slice(0, most);
    this.#waiting = this.#waiting.slice(most);
    return taken;
  }
}
