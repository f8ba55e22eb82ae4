import type { Access } from '../kafka-client/access.ts';
import { Cluster as ClusterOf, type ClusterRequests, type TopicInfo } from '../kafka-client/cluster.ts';
import { findCoordinator, metadata } from './apis.ts';
import { assertDone } from './protocol-error.ts';
import { Wire } from './wire.ts';

const UNKNOWN_TOPIC_OR_PARTITION = 3;

/** The brokers over connections of kafkajs. */
export class Cluster extends ClusterOf<Wire> {
  constructor(access: Access) {
    super(access, requests(access));
  }
}

const requests = (access: Access): ClusterRequests<Wire> => ({
  wire: (address, life) => new Wire(access, address, life),

  metadata: async (wire, what, names) => {
    // Of no topics the library would ask as of all of them.
    if (names.length === 0) return { brokers: [], topics: new Map() };
    const { brokers, topicMetadata } = await wire.call(metadata(names), what);
    const topics = new Map<string, TopicInfo>();
    for (const { topic, topicErrorCode, partitionMetadata } of topicMetadata) {
      if (topicErrorCode === UNKNOWN_TOPIC_OR_PARTITION) continue;
      assertDone(topicErrorCode, `Topic ${topic}`);
      const leaders: number[] = [];
      for (const { partitionId, leader } of partitionMetadata) leaders[partitionId] = leader;
      topics.set(topic, { id: '', leaders });
    }
    return { brokers, topics };
  },

  coordinator: async (wire, what, kind, key) => {
    const { errorCode, coordinator } = await wire.call(findCoordinator(kind, key), what);
    assertDone(errorCode, what);
    return coordinator;
  },
});
