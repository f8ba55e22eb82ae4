import { type Fault, fault } from './fault.ts';
import { type Graph, graphOf, reachable } from './graph.ts';
import { type BranchNode, parentsOf, type Topology, type TopologyNode } from './nodes.ts';

/** Values must have a way from a source to a sink, and only forward. */
export function faultsOfEdges(topology: Topology): readonly Fault[] {
  const graph = graphOf(topology.nodes);
  const cycles = cyclesOf(graph);
  const inCycle = new Set(cycles.flat());
  return [
    ...(topology.nodes.length === 0 ? [fault('empty-topology', topology.name, 'Nothing is declared.')] : []),
    ...topology.nodes.flatMap((node) => faultsOfParents(node, graph)),
    ...topology.nodes.flatMap((node) => (inCycle.has(node) ? [] : outOfOrder(node, graph))),
    ...cycles.map(([first, ...rest]) =>
      fault(
        'cycle',
        first.name,
        `Values go round in a circle: ${[first, ...rest, first].map(({ name }) => name).join(' -> ')}.`,
      ),
    ),
    ...topology.nodes.flatMap((node) => deadEnd(node, graph)),
    ...missingBranches(topology.nodes),
  ];
}

function faultsOfParents(node: TopologyNode, graph: Graph): readonly Fault[] {
  if (node.kind === 'source') return [];
  const { name, from } = node;
  const faults: Fault[] = [];
  const distinct = new Set(from);
  if (from.length === 0) faults.push(fault('no-parent', name, `${name} follows no node.`));
  if (node.kind === 'merge' && from.length === 1)
    faults.push(fault('merge-of-one', name, `${name} merges one flow.`));
  if (distinct.size < from.length) {
    faults.push(
      fault('repeated-parent', name, `${name} follows a node twice and would take its values twice.`),
    );
  }
  for (const parent of distinct) {
    const found = graph.named(parent);
    if (found === undefined)
      faults.push(fault('unknown-parent', name, `${name} follows ${parent}, which is not declared.`));
    else if (found.kind === 'sink')
      faults.push(fault('parent-is-sink', name, `${name} follows ${parent}, where values end.`));
  }
  return faults;
}

function outOfOrder(node: TopologyNode, graph: Graph): readonly Fault[] {
  const place = graph.nodes.indexOf(node);
  return graph
    .parents(node)
    .filter((parent) => graph.nodes.indexOf(parent) > place)
    .map((parent) =>
      fault('out-of-order', node.name, `${node.name} is declared before its parent ${parent.name}.`),
    );
}

/** Each circle once: the nodes that lead to one another. */
function cyclesOf(graph: Graph): readonly (readonly [TopologyNode, ...TopologyNode[]])[] {
  const ahead = new Map(graph.nodes.map((node) => [node, reachable(node, graph.children)]));
  const leadsTo = (a: TopologyNode, b: TopologyNode): boolean => ahead.get(a)?.has(b) === true;
  return graph.nodes.flatMap((node) => {
    if (!leadsTo(node, node)) return [];
    const [first, ...rest] = graph.nodes.filter((other) => leadsTo(node, other) && leadsTo(other, node));
    return first === node ? [[node, ...rest]] : [];
  });
}

function deadEnd(node: TopologyNode, graph: Graph): readonly Fault[] {
  if (node.kind === 'sink' || graph.children(node).length > 0) return [];
  return [
    fault('dead-end', node.name, `Nothing follows the ${node.kind} ${node.name}, so its values are lost.`),
  ];
}

function missingBranches(nodes: readonly TopologyNode[]): readonly Fault[] {
  const groups = Map.groupBy(
    nodes.filter((node): node is BranchNode => node.kind === 'branch'),
    ({ group }) => group,
  );
  return [...groups].flatMap(([group, branches]) => {
    const [first] = branches;
    if (first === undefined) return [];
    if (branches.some((branch) => !sameGroup(first, branch))) {
      return [fault('duplicate-name', first.name, `Two groups of branches are called ${group}.`)];
    }
    const present = new Set(branches.map(({ index }) => index));
    return first.predicates.flatMap((_, index) =>
      present.has(index)
        ? []
        : [
            fault(
              'branch-missing',
              first.name,
              `The values of predicate ${index} of the group ${group} go nowhere.`,
            ),
          ],
    );
  });
}

const sameGroup = (a: BranchNode, b: BranchNode): boolean =>
  a.predicates.length === b.predicates.length &&
  a.predicates.every((predicate, index) => predicate === b.predicates[index]) &&
  parentsOf(a).join() === parentsOf(b).join();
