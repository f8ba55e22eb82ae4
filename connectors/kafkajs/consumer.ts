import type { Clock } from '../../topology/ports/clock.ts';
import type { ConsumerOptions } from '../../topology/ports/kafka-driver.ts';
import { ClassicGroup } from '../kafka-client/classic-group.ts';
import { type ConsumerRequests, GroupConsumer } from '../kafka-client/group-consumer.ts';
import { offsetCommit } from './apis.ts';
import type { Cluster } from './cluster.ts';
import { committedOffsets, offsetTopics } from './committed-offsets.ts';
import { Fetching } from './fetching.ts';
import { KafkaJsGroupCalls } from './group-calls.ts';
import { assertDone } from './protocol-error.ts';

/** A member of a group over connections of kafkajs. */
export class KafkaJsConsumer extends GroupConsumer {
  constructor(cluster: Cluster, clock: Clock, options: ConsumerOptions) {
    const requests: ConsumerRequests = {
      topic: (name) => cluster.topic(name),
      group: (topics) =>
        new ClassicGroup(new KafkaJsGroupCalls(cluster, options, topics), cluster, clock, options),
      fetching: () => new Fetching(cluster, clock, 'fetch'),
      committed: (at) => committedOffsets(cluster, clock, options.groupId, at),
      commit: (offsets, { groupId, generation, memberId }) =>
        cluster.told(async () => {
          const wire = await cluster.coordinator('group', groupId);
          const what = `Committing offsets of group ${groupId}`;
          const topics = offsetTopics(offsets);
          const commit = offsetCommit({ groupId, groupGenerationId: generation, memberId, topics });
          const { responses } = await wire.call(commit, what);
          for (const { errorCode } of responses.flatMap(({ partitions }) => partitions))
            assertDone(errorCode, what);
        }),
    };
    super(requests, clock, options);
  }
}
