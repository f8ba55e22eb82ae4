import { parentsOf, type TopologyNode } from './nodes.ts';

/** Who follows whom. Made of any node data, also of data with faults: a parent that is not there has no edge. */
export interface Graph {
  readonly nodes: readonly TopologyNode[];
  /** The node of that name; of two, which is a fault, the later. */
  readonly named: (name: string) => TopologyNode | undefined;
  readonly parents: (node: TopologyNode) => readonly TopologyNode[];
  readonly children: (node: TopologyNode) => readonly TopologyNode[];
}

export function graphOf(nodes: readonly TopologyNode[]): Graph {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const children = new Map<TopologyNode, TopologyNode[]>(nodes.map((node) => [node, []]));
  const parents = (node: TopologyNode): readonly TopologyNode[] =>
    [...new Set(parentsOf(node))].flatMap((name) => byName.get(name) ?? []);
  for (const node of nodes) for (const parent of parents(node)) children.get(parent)?.push(node);

  return {
    nodes,
    named: (name) => byName.get(name),
    parents,
    children: (node) => children.get(node) ?? [],
  };
}

/** Everything that `next` leads to from a node; the node itself only where a way leads back to it. */
export function reachable(
  from: TopologyNode,
  next: (node: TopologyNode) => readonly TopologyNode[],
): ReadonlySet<TopologyNode> {
  const seen = new Set<TopologyNode>();
  const open = [...next(from)];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    open.push(...next(node));
  }
  return seen;
}
