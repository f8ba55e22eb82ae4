import { type Fault, fault } from './fault.ts';
import { type Graph, graphOf } from './graph.ts';
import type { FoldNode, Topology, TopologyNode } from './nodes.ts';
import { subTopologies } from './sub-topologies.ts';

/** State is safe where one key's values meet in one partition of one topic, and where one fold owns the store. */
export function faultsOfState(topology: Topology): readonly Fault[] {
  const graph = graphOf(topology.nodes);
  const folds = topology.nodes.filter((node) => node.kind === 'fold');
  const keys = folds.flatMap((fold) => faultsOfKey(fold, graph));
  return [
    ...keys,
    ...sharedStores(folds),
    ...unwrittenRecalls(topology),
    ...inputsBesideState(topology, new Set(keys.map(({ node }) => node))),
  ];
}

function faultsOfKey(fold: FoldNode, graph: Graph): readonly Fault[] {
  const { unkeyed, repartitions } = keysOf(fold, graph);
  const names = repartitions.map(({ name }) => name).join(' and ');
  return [
    ...unkeyed.map((node) =>
      fault(
        'fold-before-key',
        fold.name,
        `${fold.name} takes values of the ${node.kind} ${node.name}, which have no key.`,
      ),
    ),
    ...(repartitions.length > 1
      ? [
          fault(
            'two-keys',
            fold.name,
            `${fold.name} takes values of ${names}, whose order against each other is not fixed.`,
          ),
        ]
      : []),
  ];
}

/** The nearest nodes above that give the values their key, or that leave them without. */
function keysOf(
  fold: FoldNode,
  graph: Graph,
): Readonly<Record<'unkeyed' | 'repartitions', readonly TopologyNode[]>> {
  const seen = new Set<TopologyNode>();
  const visit = (node: TopologyNode): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (node.kind === 'source' || node.kind === 'stage' || node.kind === 'repartition') return;
    graph.parents(node).forEach(visit);
  };
  visit(fold);
  return {
    unkeyed: [...seen].filter(({ kind }) => kind === 'source' || kind === 'stage'),
    repartitions: [...seen].filter(({ kind }) => kind === 'repartition'),
  };
}

function sharedStores(folds: readonly FoldNode[]): readonly Fault[] {
  return [...Map.groupBy(folds, ({ store }) => store.name)].flatMap(([name, [first, ...others]]) =>
    others.map((other) =>
      fault('store-shared', other.name, `The store ${name} belongs to ${first?.name} and to ${other.name}.`),
    ),
  );
}

/** Only what this very part of the topology wrote tells of its states, partition by partition. */
function unwrittenRecalls(topology: Topology): readonly Fault[] {
  return subTopologies(topology).flatMap(({ index, nodes, exits }) =>
    nodes.flatMap((node) => {
      const from = node.kind === 'fold' ? node.recall?.from.name : undefined;
      if (from === undefined || exits.some(({ kind, topic }) => kind === 'sink' && topic.name === from))
        return [];
      return [
        fault(
          'recall-not-written',
          node.name,
          `${node.name} recalls its state from ${from}, which no sink of sub-topology ${index} writes.`,
        ),
      ];
    }),
  );
}

/**
 * A state stands at the offset of one partition: with what is committed of that one it is restored, and proved. Where a fold
 * itself takes more than one key, that is the fault to mend.
 */
function inputsBesideState(topology: Topology, unsound: ReadonlySet<string>): readonly Fault[] {
  return subTopologies(topology).flatMap(({ index, nodes, sources }) => {
    const folds = nodes.filter(({ kind }) => kind === 'fold');
    const [first] = folds;
    if (first === undefined || sources.length < 2 || folds.some(({ name }) => unsound.has(name))) return [];
    const names = sources.map(({ name }) => name).join(' and ');
    return [fault('input-beside-state', first.name, `Sub-topology ${index} keeps state and reads ${names}.`)];
  });
}
