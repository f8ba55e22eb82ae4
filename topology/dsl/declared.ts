import type { Place } from './flow.ts';
import type { Topology, TopologyNode } from './nodes.ts';

/** The declaration so far with one node more, and the place behind that node. */
export function declare(declared: Topology, node: TopologyNode): Place {
  const last = Object.freeze(node);
  if ('from' in last) Object.freeze(last.from);
  return { declared: topologyOf(declared.name, [...declared.nodes, last]), at: last.name };
}

/**
 * Several declarations as one: each node once, parents first, in the order of the lists.
 * Two nodes of one name stay two, so that `validate` can say so.
 */
export function unite(name: string, declarations: readonly Topology[]): Topology {
  return topologyOf(name, [...new Set(declarations.flatMap((declared) => declared.nodes))]);
}

const topologyOf = (name: string, nodes: readonly TopologyNode[]): Topology =>
  Object.freeze({ name, nodes: Object.freeze(nodes) });
