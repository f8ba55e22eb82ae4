import type { Topic } from '../model/topic.ts';
import type { TopologyNode } from './nodes.ts';

/** One node's use of a topic. A repartition does both: it writes the topic and reads it back. */
export interface TopicUse {
  readonly node: TopologyNode;
  readonly topic: Topic<unknown>;
  readonly reads: boolean;
  readonly writes: boolean;
}

/** Each topic's uses by its name, in declaration order. */
export function topicUses(nodes: readonly TopologyNode[]): ReadonlyMap<string, readonly TopicUse[]> {
  const uses = nodes.flatMap(usesOf);
  return Map.groupBy(uses, ({ topic }) => topic.name);
}

function usesOf(node: TopologyNode): readonly TopicUse[] {
  switch (node.kind) {
    case 'source':
      return node.topics.map((topic) => ({ node, topic, reads: true, writes: false }));
    case 'repartition':
      return [{ node, topic: node.topic, reads: true, writes: true }];
    case 'sink':
      return [{ node, topic: node.topic, reads: false, writes: true }];
    default:
      return [];
  }
}
