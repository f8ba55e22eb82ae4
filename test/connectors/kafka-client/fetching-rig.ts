import { type Arrived, Fetching, type Position } from '../../../connectors/kafka-client/fetching.ts';
import type { Fetched } from '../../../connectors/kafka-client/reads.ts';
import { ManualClock } from '../../../connectors/memory/clocks.ts';
import type { TopicPartition } from '../../../topology/ports/kafka-driver.ts';

export const LIMITS = { maxBytes: 1_000, waitMs: 50 };

/** Of the topic of the rig. */
export const at = (partition: number): TopicPartition => ({ topic: 't', partition });

/** All that can happen at this time has happened. */
export const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** A request that waits for its answer. */
interface Asked {
  readonly node: number;
  readonly positions: readonly Position[];
  readonly answer: (arrived: readonly Arrived[]) => void;
  readonly fail: (error: Error) => void;
}

export const recordsOf = (position: Position, count: number): Arrived => ({
  position,
  of: {
    runs: [{ from: position.offset, count, records: () => [] }],
    end: position.offset + count,
    nextOffset: position.offset + count,
    bytes: 100 * count,
    epoch: 3,
  },
});

/** Two partitions that are read on from their starts, one of each of two leaders, who answer when they are told to. */
export class FetchingRig {
  readonly clock: ManualClock = new ManualClock(1_000_000);
  leaders: number[] = [1, 2];
  readonly asked: Asked[] = [];
  /** How often the cluster was to be asked anew. */
  forgotten = 0;
  /** How often the leaders were looked up. */
  looked = 0;
  readonly fetching: Fetching;

  constructor() {
    const cluster = {
      topic: () => {
        this.looked++;
        return Promise.resolve({ leaders: this.leaders });
      },
      told: <R>(work: () => Promise<R>) => work(),
      forget: () => void this.forgotten++,
    };
    this.fetching = new Fetching(cluster, this.clock, (node, positions) => {
      const { promise, resolve, reject } = Promise.withResolvers<readonly Arrived[]>();
      this.asked.push({ node, positions, answer: resolve, fail: reject });
      return promise;
    });
    this.fetching.seek(at(0), 0);
    this.fetching.seek(at(1), 0);
  }

  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 10) {
      this.clock.moveTo(this.clock.now() + Math.min(10, left));
      await settled();
    }
  }

  /** The request to the node that waits. */
  to(node: number): Asked {
    const i = this.asked.findIndex((one) => one.node === node);
    const [found] = i < 0 ? [] : this.asked.splice(i, 1);
    if (found === undefined) throw new Error(`Node ${node} was not asked.`);
    return found;
  }

  answer(node: number, count = 1): void {
    const { positions, answer } = this.to(node);
    answer(positions.map((position) => recordsOf(position, count)));
  }

  async poll(): Promise<Fetched[]> {
    let over = false;
    const waited = this.fetching.wait(LIMITS).then(() => (over = true));
    for (let i = 0; i < 50 && !over; i++) {
      await settled();
      if (!over) this.clock.moveTo(this.clock.now() + 10);
    }
    await waited;
    return this.fetching.take();
  }
}
