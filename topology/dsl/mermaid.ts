import { graphOf } from './graph.ts';
import type { Topology, TopologyNode } from './nodes.ts';
import { subTopologies } from './sub-topologies.ts';
import { topicUses } from './topic-uses.ts';

/**
 * A topology as a Mermaid flowchart: a box per sub-topology, topics as cylinders between the boxes, stores as
 * cylinders inside, branches and filters as diamonds. A repartition shows as its topic.
 */
export function describeMermaid(topology: Topology): string {
  const graph = graphOf(topology.nodes);
  const topicIds = idsOf('topic', [...topicUses(topology.nodes).keys()]);
  const nodeIds = new Map(topology.nodes.map((node, index) => [node, `node${index}`]));
  const id = (node: TopologyNode): string => nodeIds.get(node) ?? '';
  const topicId = (name: string): string => topicIds.get(name) ?? '';

  const topics = [...topicUses(topology.nodes)].map(
    ([name, [use]]) => `  ${topicId(name)}[("${quoted(name)}<br/>${quoted(use?.topic.value.name ?? '')}")]`,
  );
  const boxes = subTopologies(topology).flatMap(({ index, nodes }) => [
    `  subgraph sub${index}["Sub-topology ${index}"]`,
    ...nodes.flatMap((node) => shapeOf(node, id(node)).map((line) => `    ${line}`)),
    '  end',
  ]);
  /** What a node's children follow: itself, or the topic that it reads back. */
  const tail = (node: TopologyNode): string =>
    node.kind === 'repartition' ? topicId(node.topic.name) : id(node);
  const edges = topology.nodes.flatMap((node) => {
    const ways = graph.parents(node).map((parent) => `${tail(parent)} -->`);
    switch (node.kind) {
      case 'source':
        return node.topics.map(({ name }) => `  ${topicId(name)} --> ${id(node)}`);
      case 'sink':
        return [
          ...ways.map((way) => `  ${way} ${id(node)}`),
          `  ${id(node)} --> ${topicId(node.topic.name)}`,
        ];
      case 'repartition':
        return ways.map((way) => `  ${way}|"${quoted(node.name)}"| ${topicId(node.topic.name)}`);
      default:
        return ways.map((way) => `  ${way} ${id(node)}`);
    }
  });
  return ['flowchart LR', ...topics, ...boxes, ...edges, ''].join('\n');
}

function shapeOf(node: TopologyNode, id: string): readonly string[] {
  const label = `"${quoted(node.name)}"`;
  switch (node.kind) {
    case 'source':
    case 'sink':
      return [`${id}([${label}])`];
    case 'filter':
    case 'branch':
      return [`${id}{${label}}`];
    case 'fold':
      return [`${id}[${label}]`, `${id} --- ${id}store[("${quoted(node.store.name)}")]`];
    case 'repartition':
      return [];
    default:
      return [`${id}[${label}]`];
  }
}

const idsOf = (kind: string, names: readonly string[]): ReadonlyMap<string, string> =>
  new Map(names.map((name, index) => [name, `${kind}${index}`]));

/** Mermaid reads quotes and angle brackets inside a label unless they are written as entities. */
const quoted = (text: string): string =>
  text.replaceAll('&', '#amp;').replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('>', '#gt;');
