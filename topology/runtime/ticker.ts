import type { RepartitionNode, Topology } from '../dsl/nodes.ts';
import { subTopologies } from '../dsl/sub-topologies.ts';
import { type Instant, instant } from '../model/time.ts';
import type { Owned } from './owned.ts';
import type { Scope } from './scope.ts';

interface Ticking {
  readonly node: RepartitionNode;
  readonly owner: string;
  /** Where the last tick was written, to be committed there. */
  scope?: Scope;
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

  /** Adds the ticks that are due to the outputs of those who write them; true when there were any. */
  write(now: Instant, owned: Owned): boolean {
    let wrote = false;
    for (const ticking of this.#all) {
      const { node, owner, written } = ticking;
      if (node.ticks === undefined || now - written < node.ticks.every) continue;
      const scope = owned.scopeOf({ topic: owner, partition: 0 });
      if (scope === undefined) continue;
      ticking.scope = scope;
      const tick = instant(Math.floor(now / node.ticks.every) * node.ticks.every);
      ticking.written = tick;
      const value = node.topic.value.encode(node.ticks.valueAt(tick));
      const count = owned.counts.get(node.topic.name) ?? 0;
      for (let partition = 0; partition < count; partition++) {
        scope.outbox.add(node.topic.name, { key: null, value, timestamp: now, partition });
      }
      wrote = true;
    }
    return wrote;
  }

  /** The ticks written so far in these scopes are committed. */
  settle(scopes: readonly Scope[]): void {
    for (const ticking of this.#all)
      if (ticking.scope !== undefined && scopes.includes(ticking.scope)) ticking.committed = ticking.written;
  }

  /** The ticks written since are not: they are due again. */
  discard(): void {
    for (const ticking of this.#all) ticking.written = ticking.committed;
  }
}
