import type { RepartitionNode, Topology } from '../dsl/nodes.ts';
import { subTopologies } from '../dsl/sub-topologies.ts';
import { type Instant, instant } from '../model/time.ts';
import type { TopicPartition } from '../ports/kafka-driver.ts';
import type { Outbox } from './outbox.ts';

interface Ticking {
  readonly node: RepartitionNode;
  readonly owner: string;
  /** Time of the last tick that is committed, and of the last one that was written. */
  committed: number;
  written: number;
}

/**
 * Writes tick records: the only way in which passing time enters a topology. One task writes them, the one that
 * owns partition 0 of the first source topic of the sub-topology that writes the repartition topic, in its transaction.
 */
export class Ticker {
  readonly #all: readonly Ticking[];

  constructor(topology: Topology) {
    const before = Number.NEGATIVE_INFINITY;
    this.#all = subTopologies(topology).flatMap((sub) =>
      sub.exits.flatMap((exit) => {
        const first = sub.sources[0];
        if (exit.kind !== 'repartition' || exit.ticks === undefined || first === undefined) return [];
        return [{ node: exit, owner: first.name, committed: before, written: before }];
      }),
    );
  }

  /** Adds the ticks that are due to the outbox; true when there were any. */
  write(
    now: Instant,
    owned: readonly TopicPartition[],
    partitions: ReadonlyMap<string, number>,
    outbox: Outbox,
  ): boolean {
    let wrote = false;
    for (const ticking of this.#all) {
      const { node, owner, written } = ticking;
      if (node.ticks === undefined || now - written < node.ticks.every) continue;
      if (!owned.some(({ topic, partition }) => topic === owner && partition === 0)) continue;
      const tick = instant(Math.floor(now / node.ticks.every) * node.ticks.every);
      ticking.written = tick;
      const value = node.topic.value.encode(node.ticks.valueAt(tick));
      const count = partitions.get(node.topic.name) ?? 0;
      for (let partition = 0; partition < count; partition++) {
        outbox.add(node.topic.name, { key: null, value, timestamp: now, partition });
      }
      wrote = true;
    }
    return wrote;
  }

  /** The ticks written so far are committed. */
  settle(): void {
    for (const ticking of this.#all) ticking.committed = ticking.written;
  }

  /** The ticks written since are not: they are due again. */
  discard(): void {
    for (const ticking of this.#all) ticking.written = ticking.committed;
  }
}
