import { type Fault, fault } from './fault.ts';
import { graphOf, reachable } from './graph.ts';
import type { SinkNode, Topology, TopologyNode } from './nodes.ts';
import { type TopicUse, topicUses } from './topic-uses.ts';

/** A topic is read by one node, has one shape, and does not lead back to who writes it. */
export function faultsOfTopics(topology: Topology): readonly Fault[] {
  const uses = topicUses(topology.nodes);
  return [
    ...topology.nodes.flatMap(faultsOfNode),
    ...[...uses].flatMap(([name, each]) => [
      ...readTwice(name, each),
      ...writtenBeside(name, each),
      ...declaredTwice(name, each),
    ]),
    ...loops(topology, uses),
  ];
}

function faultsOfNode(node: TopologyNode): readonly Fault[] {
  if (node.kind === 'repartition') {
    const every = node.ticks?.every;
    if (every === undefined || (every > 0 && Number.isFinite(every))) return [];
    return [fault('tick-interval', node.name, `The ticks of ${node.name} come every ${every} ms.`)];
  }
  if (node.kind !== 'source') return [];
  const names = node.topics.map(({ name }) => name);
  return [
    ...(names.length === 0
      ? [fault('empty-source', node.name, `The source ${node.name} reads no topic.`)]
      : []),
    ...[...new Set(names.filter((name, index) => names.indexOf(name) < index))].map((name) =>
      fault('repeated-topic', node.name, `The source ${node.name} names ${name} more than once.`),
    ),
    ...node.topics
      .filter(({ internal }) => internal)
      .map(({ name }) =>
        fault('internal-topic-as-source', node.name, `${name} belongs to the engine and is no source.`),
      ),
  ];
}

function readTwice(name: string, uses: readonly TopicUse[]): readonly Fault[] {
  const readers = [...new Set(uses.filter(({ reads }) => reads).map(({ node }) => node))];
  const [first, ...others] = readers;
  // Two repartitions of one topic are two writers as well, and that is the fault to mend.
  if (first === undefined || !readers.some(({ kind }) => kind === 'source')) return [];
  return others.map((node) =>
    fault('topic-read-twice', node.name, `${name} is read by ${first.name} and by ${node.name}.`),
  );
}

function writtenBeside(name: string, uses: readonly TopicUse[]): readonly Fault[] {
  const owner = uses.find(({ node }) => node.kind === 'repartition')?.node;
  if (owner === undefined) return [];
  return uses
    .filter(({ node, writes }) => writes && node !== owner)
    .map(({ node }) =>
      fault(
        'repartition-shared',
        node.name,
        `${node.name} writes ${name}, the topic of the repartition ${owner.name}.`,
      ),
    );
}

function declaredTwice(name: string, uses: readonly TopicUse[]): readonly Fault[] {
  const [first, ...others] = uses;
  if (first === undefined) return [];
  const shape = ({ topic }: TopicUse): string => `${topic.value.name}${topic.internal ? ', internal' : ''}`;
  return others
    .filter((other) => shape(other) !== shape(first))
    .map((other) =>
      fault(
        'topic-conflict',
        other.node.name,
        `${name} is (${shape(first)}) in ${first.node.name} and (${shape(other)}) in ${other.node.name}.`,
      ),
    );
}

/** A sink whose topic leads back to it, also by way of other topics: each record would make another, without end. */
function loops({ nodes }: Topology, uses: ReadonlyMap<string, readonly TopicUse[]>): readonly Fault[] {
  const graph = graphOf(nodes);
  const readersOf = (sink: SinkNode): readonly TopologyNode[] =>
    (uses.get(sink.topic.name) ?? []).flatMap(({ node }) => (node.kind === 'source' ? [node] : []));
  const next = (node: TopologyNode): readonly TopologyNode[] =>
    node.kind === 'sink' ? readersOf(node) : graph.children(node);
  return nodes.flatMap((node) =>
    node.kind === 'sink' && reachable(node, next).has(node)
      ? [
          fault(
            'topic-loop',
            node.name,
            `${node.name} writes ${node.topic.name}, which leads back to ${node.name}.`,
          ),
        ]
      : [],
  );
}
