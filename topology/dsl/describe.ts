import type { Topic } from '../model/topic.ts';
import { type Graph, graphOf } from './graph.ts';
import { topologyHash } from './hash.ts';
import type { FoldNode, Topology, TopologyNode } from './nodes.ts';
import { type SubTopology, subTopologies } from './sub-topologies.ts';
import { topicUses } from './topic-uses.ts';

/**
 * A topology as text, in the words and the layout of Kafka Streams' `TopologyDescription`, so that what reads those
 * reads this. Below stand what they leave out: the codec of each topic and store, and the hash.
 */
export function describe(topology: Topology): string {
  const graph = graphOf(topology.nodes);
  return [
    'Topologies:',
    ...subTopologies(topology).flatMap((part) => [
      // Kafka Streams indents the first by three and the others by two.
      `${part.index === 0 ? '   ' : '  '}Sub-topology: ${part.index}`,
      ...part.entries.flatMap((node) => sourceLines(node, graph)),
      ...part.nodes.flatMap((node) => processorLines(node, graph)),
      ...part.exits.flatMap((node) => sinkLines(node, graph)),
      '',
    ]),
    'Topics:',
    ...[...topicUses(topology.nodes).values()].flatMap(([use]) =>
      use ? [topicLine(use.topic, use.node)] : [],
    ),
    '',
    'Stores:',
    ...topology.nodes.flatMap((node) => (node.kind === 'fold' ? [storeLine(node)] : [])),
    '',
    `Name: ${topology.name}`,
    `Hash: ${topologyHash(topology)}`,
    '',
  ].join('\n');
}

/** A repartition is one node here and two in Kafka Streams, whose names for them these are. */
const writing = ({ kind, name }: TopologyNode): string =>
  kind === 'repartition' ? `${name}-repartition-sink` : name;
const reading = ({ kind, name }: TopologyNode): string =>
  kind === 'repartition' ? `${name}-repartition-source` : name;

const names = (nodes: readonly TopologyNode[], nameOf: (node: TopologyNode) => string): string =>
  nodes.map(nameOf).join(', ') || 'none';

const after = (node: TopologyNode, graph: Graph): string =>
  `      --> ${names(graph.children(node), writing)}`;
const before = (node: TopologyNode, graph: Graph): string =>
  `      <-- ${names(graph.parents(node), reading)}`;

function sourceLines(node: SubTopology['entries'][number], graph: Graph): readonly string[] {
  const topics = node.kind === 'source' ? node.topics : [node.topic];
  return [
    `    Source: ${reading(node)} (topics: [${topics.map(({ name }) => name).join(', ')}])`,
    after(node, graph),
  ];
}

function processorLines(node: TopologyNode, graph: Graph): readonly string[] {
  if (node.kind === 'source' || node.kind === 'sink' || node.kind === 'repartition') return [];
  const stores = node.kind === 'fold' ? node.store.name : '';
  return [`    Processor: ${node.name} (stores: [${stores}])`, after(node, graph), before(node, graph)];
}

const sinkLines = (node: SubTopology['exits'][number], graph: Graph): readonly string[] => [
  `    Sink: ${writing(node)} (topic: ${node.topic.name})`,
  before(node, graph),
];

function storeLine({ store, recall }: FoldNode): string {
  const marks = [
    store.state.name,
    `version ${store.version}`,
    ...(recall ? [`recalled from ${recall.from.name}`] : []),
  ];
  return `    ${store.name} (${marks.join(', ')})`;
}

function topicLine(topic: Topic<unknown>, first: TopologyNode): string {
  const ticks = first.kind === 'repartition' ? first.ticks : undefined;
  const marks = [
    topic.value.name,
    ...(topic.internal ? ['internal'] : []),
    ...(ticks ? [`a tick every ${ticks.every / 1000} s`] : []),
  ];
  return `    ${topic.name} (${marks.join(', ')})`;
}
