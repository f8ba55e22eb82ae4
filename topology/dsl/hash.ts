import { createHash } from 'node:crypto';
import type { Topic } from '../model/topic.ts';
import { parentsOf, type Topology, type TopologyNode } from './nodes.ts';
import { subTopologies } from './sub-topologies.ts';

/**
 * Sixteen hex digits for what a topology is: names, kinds, edges, topics with their codecs, stores with their versions,
 * and the numbers of the sub-topologies. Not for what its functions do, nor for how long its topics are kept or how
 * often they tick: those may change while state and log stay good. Declaring the same again gives the same hash.
 */
export function topologyHash(topology: Topology): string {
  const numbers = subTopologies(topology).map(({ nodes }) => nodes.map(({ name }) => name).toSorted());
  const nodes = topology.nodes.map((node) => JSON.stringify(identityOf(node))).toSorted();
  const identity = JSON.stringify([topology.name, nodes, numbers]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 16);
}

const identityOf = (node: TopologyNode): readonly unknown[] => [
  node.name,
  node.kind,
  parentsOf(node).toSorted(),
  ...particularsOf(node),
];

function particularsOf(node: TopologyNode): readonly unknown[] {
  switch (node.kind) {
    case 'source':
      return node.topics.map(identityOfTopic).toSorted();
    case 'branch':
      return [node.group, node.index, node.predicates.length];
    case 'repartition':
      return [identityOfTopic(node.topic), node.ticks !== undefined];
    case 'sink':
      return [identityOfTopic(node.topic)];
    case 'fold':
      return [node.store.name, node.store.version, node.store.state.name];
    default:
      return [];
  }
}

const identityOfTopic = (topic: Topic<unknown>): string =>
  JSON.stringify([topic.name, topic.value.name, topic.internal]);
