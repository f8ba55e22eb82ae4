import type { RepartitionNode, Topology } from '../dsl/nodes.ts';
import { subTopologies } from '../dsl/sub-topologies.ts';
import type { TopicPartition } from '../ports/kafka-driver.ts';
import { type Instant, instant } from '../model/time.ts';
import type { Outbox } from './outbox.ts';

/**
 * Writes tick records: the only way in which passing time enters a topology. One task writes them, the one that
 * owns partition 0 of the first source topic of the sub-topology that writes the repartition topic, in its transaction.
 */
export class Ticker {
  readonly #nodes: readonly { readonly node: RepartitionNode; readonly owner: string; last: number }[];

  constructor(topology: Topology) {
    this.#nodes = subTopologies(topology).flatMap((sub) =>
      sub.exits.flatMap((exit) => {
        const first = sub.sources[0];
        if (exit.kind !== 'repartition' || exit.ticks === undefined || first === undefined) return [];
        return [{ node: exit, owner: first.name, last: Number.NEGATIVE_INFINITY }];
      }),
    );
  }

  /** Adds the ticks that are due to the outbox; true when there were any. */
  write(now: Instant, owned: readonly TopicPartition[], partitions: ReadonlyMap<string, number>, outbox: Outbox): boolean {
    let wrote = false;
    for (const ticking of this.#nodes) {
      const { node, owner } = ticking;
      if (node.ticks === undefined || now - ticking.last < node.ticks.every) continue;
      if (!owned.some(({ topic, partition }) => topic === owner && partition === 0)) continue;
      const tick = instant(Math.floor(now / node.ticks.every) * node.ticks.every);
      ticking.last = tick;
      const value = node.topic.value.encode(node.ticks.valueAt(tick));
      const count = partitions.get(node.topic.name) ?? 0;
      for (let partition = 0; partition < count; partition++) outbox.add(node.topic.name, { key: null, value, timestamp: now, partition });
      wrote = true;
    }
    return wrote;
  }
}
