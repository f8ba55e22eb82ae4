import type { Topic } from '../model/topic.ts';
import { declare, unite } from './declared.ts';
import type { Flow, RecordOf } from './flow.ts';
import type { Topology } from './nodes.ts';
import { flowAt } from './shells.ts';

/** Where a declaration begins, and where several ends become one topology. */
export interface TopologyBuilder {
  /** Reads topics; each record arrives with its position, its key and what the topic's codec read. */
  source<const L extends readonly Topic<unknown>[]>(name: string, topics: L): Flow<RecordOf<L[number]>>;
  /** One topology of all that was declared on the way to these ends. What leads to no given end is not part of it. */
  build(...ends: readonly Topology[]): Topology;
}

/**
 * Declares a topology. `to` gives the topology itself, which is all that one chain needs; where flows branch or come
 * from several sources, `build` unites the ends:
 *
 *     const { urgent, rest } = topology('triage').source('calls', [calls]).branch('by', { urgent: isUrgent, rest: always });
 *     export const triage = topology('triage').build(urgent.to(...), rest.to(...));
 *
 * Only the compiler checks here; `validate` reports every other fault of the declaration at once.
 */
export function topology(name: string): TopologyBuilder {
  return Object.freeze({
    source: <const L extends readonly Topic<unknown>[]>(node: string, topics: L) =>
      flowAt<RecordOf<L[number]>>(
        declare({ name, nodes: [] }, { kind: 'source', name: node, topics: Object.freeze([...topics]) }),
      ),
    build: (...ends: readonly Topology[]) => unite(name, ends),
  });
}
