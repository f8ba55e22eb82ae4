import type { Access } from '../kafka-client/access.ts';
import { Cluster as ClusterOf, type ClusterRequests, type TopicInfo } from '../kafka-client/cluster.ts';
import { refused } from '../kafka-client/refused.ts';
import { metadata } from './apis.ts';
import { apiVersionsV3, findCoordinatorV4 } from './library.ts';
import { nameOfCode } from './protocol-error.ts';
import { SpokenVersions } from './spoken-versions.ts';
import { Wire } from './wire.ts';

const UNKNOWN_TOPIC_OR_PARTITION = 3;
const COORDINATOR_NOT_AVAILABLE = 15;

/** The brokers over connections of @platformatic/kafka. */
export class Cluster extends ClusterOf<Wire> {
  #transactionVersion: 1 | 2 | undefined;

  constructor(access: Access) {
    super(access, requests(access));
  }

  /** Version of the transaction protocol that the cluster has agreed on; 2 is KIP-890. */
  async transactionVersion(): Promise<1 | 2> {
    if (this.#transactionVersion !== undefined) return this.#transactionVersion;
    const { apiKeys, finalizedFeatures = [] } = await this.any(
      (wire) => wire.call(apiVersionsV3.api, 'versions', 'sepsis-streams', '0'),
      { hurry: true },
    );
    const upTo = (key: number): number => apiKeys.find(({ apiKey }) => apiKey === key)?.maxVersion ?? 0;
    const agreed = finalizedFeatures.find(({ name }) => name === 'transaction.version')?.maxVersionLevel ?? 0;
    this.#transactionVersion = agreed >= 2 && upTo(0) >= 12 && upTo(26) >= 5 && upTo(28) >= 5 ? 2 : 1;
    return this.#transactionVersion;
  }
}

const requests = (access: Access, versions = new SpokenVersions()): ClusterRequests<Wire> => ({
  wire: (address, life) => new Wire(access, address, life, versions),

  metadata: async (wire, what, names) => {
    const { brokers, topics } = await wire.call(metadata, what, [...names], false, false);
    const known = new Map<string, TopicInfo>();
    for (const { name, topicId, errorCode, partitions } of topics) {
      if (typeof name !== 'string' || errorCode === UNKNOWN_TOPIC_OR_PARTITION) continue;
      if (errorCode !== 0) throw refused(nameOfCode(errorCode), `Topic ${name}`);
      const leaders: number[] = [];
      for (const { partitionIndex, leaderId } of partitions) leaders[partitionIndex] = leaderId;
      known.set(name, { id: topicId, leaders });
    }
    return { brokers, topics: known };
  },

  coordinator: async (wire, what, kind, key) => {
    const answer = await wire.call(findCoordinatorV4.api, what, kind === 'group' ? 0 : 1, [key]);
    const found = answer.coordinators[0];
    if (found === undefined || found.errorCode !== 0)
      throw refused(nameOfCode(found?.errorCode ?? COORDINATOR_NOT_AVAILABLE), what);
    return found;
  },
});
