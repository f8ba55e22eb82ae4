import type { Store } from '../model/store.ts';
import type { Topic } from '../model/topic.ts';
import { type Graph, graphOf } from './graph.ts';
import type { RepartitionNode, SinkNode, SourceNode, Topology, TopologyNode } from './nodes.ts';

/** Where records come in: a source, or a repartition node read back from its topic. */
export type EntryNode = SourceNode | RepartitionNode;
/** Where records go out: a sink, or a repartition node writing its topic. */
export type ExitNode = SinkNode | RepartitionNode;

/**
 * A part of the topology that is connected without a topic between: the unit that runs per partition.
 * Sub-topologies "are not connected but can be linked to each other via topics".
 */
export interface SubTopology {
  /** From 0, in the order in which their first nodes are declared. */
  readonly index: number;
  /** Every node with work here, in declaration order; a repartition node is in two, as exit and as entry. */
  readonly nodes: readonly TopologyNode[];
  readonly entries: readonly EntryNode[];
  readonly exits: readonly ExitNode[];
  /** The topics it reads, each once. */
  readonly sources: readonly Topic<unknown>[];
  /** The topics it writes, each once. */
  readonly sinks: readonly Topic<unknown>[];
  readonly stores: readonly Store<unknown>[];
}

/** The sub-topologies; of a topology with faults, those that its sound edges give. */
export function subTopologies(topology: Topology): readonly SubTopology[] {
  const graph = graphOf(topology.nodes);
  return Object.freeze(connected(graph).map((part, index) => subTopologyOf(part, index)));
}

/** A node inside a part: a repartition node writes in one and reads in the other, all others stand in one only. */
interface Side {
  readonly node: TopologyNode;
  readonly reads: boolean;
}

function connected(graph: Graph): readonly (readonly Side[])[] {
  const sides = graph.nodes.flatMap((node): readonly Side[] => {
    if (node.kind !== 'repartition') return [{ node, reads: node.kind === 'source' }];
    const write = { node, reads: false };
    return graph.children(node).length === 0 ? [write] : [write, { node, reads: true }];
  });
  const behind = new Map(sides.map((side) => [side.node, side])); // of two sides the reading one, which is the later
  const ahead = new Map(sides.toReversed().map((side) => [side.node, side]));

  const part = new Map(sides.map((side) => [side, [side]]));
  const join = (a: Side, b: Side): void => {
    const [into, from] = [part.get(a), part.get(b)];
    if (into === undefined || from === undefined || into === from) return;
    for (const side of from) part.set(side, into);
    into.push(...from);
  };
  for (const node of graph.nodes) {
    for (const parent of graph.parents(node)) {
      const [a, b] = [behind.get(parent), ahead.get(node)];
      if (a !== undefined && b !== undefined) join(a, b);
    }
  }
  const place = new Map(sides.map((side, index) => [side, index]));
  const inOrder = (a: Side, b: Side): number => (place.get(a) ?? 0) - (place.get(b) ?? 0);
  // A part is first met at its first side, so the parts come out in declaration order too.
  return [...new Set(sides.map((side) => part.get(side) ?? [side]))].map((found) => found.toSorted(inOrder));
}

function subTopologyOf(sides: readonly Side[], index: number): SubTopology {
  const nodes = [...new Set(sides.map(({ node }) => node))];
  const entries = sides.flatMap(({ node, reads }): readonly EntryNode[] =>
    node.kind === 'source' || (node.kind === 'repartition' && reads) ? [node] : [],
  );
  const exits = sides.flatMap(({ node, reads }): readonly ExitNode[] =>
    node.kind === 'sink' || (node.kind === 'repartition' && !reads) ? [node] : [],
  );
  return Object.freeze({
    index,
    nodes: Object.freeze(nodes),
    entries: Object.freeze(entries),
    exits: Object.freeze(exits),
    sources: eachOnce(entries.flatMap((node) => (node.kind === 'source' ? node.topics : [node.topic]))),
    sinks: eachOnce(exits.map((node) => node.topic)),
    stores: eachOnce(nodes.flatMap((node) => (node.kind === 'fold' ? [node.store] : []))),
  });
}

const eachOnce = <N extends { readonly name: string }>(items: readonly N[]): readonly N[] =>
  Object.freeze([...new Map(items.map((item) => [item.name, item])).values()]);
