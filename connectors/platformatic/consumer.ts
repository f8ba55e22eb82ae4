import type { Clock } from '../../topology/ports/clock.ts';
import type { ConsumerOptions } from '../../topology/ports/kafka-driver.ts';
import { ClassicGroup } from '../kafka-client/classic-group.ts';
import { type ConsumerRequests, GroupConsumer } from '../kafka-client/group-consumer.ts';
import type { Cluster } from './cluster.ts';
import { committedOffsets, offsetTopics } from './committed-offsets.ts';
import { Fetching } from './fetching.ts';
import { KafkaGroupCalls } from './group-calls.ts';
import { offsetCommitV9 } from './library.ts';

/** A member of a group over connections of @platformatic/kafka. */
export class KafkaConsumer extends GroupConsumer {
  constructor(cluster: Cluster, clock: Clock, options: ConsumerOptions) {
    const requests: ConsumerRequests = {
      topic: (name) => cluster.topic(name),
      group: (topics) =>
        new ClassicGroup(new KafkaGroupCalls(cluster, options, topics), cluster, clock, options),
      fetching: () => new Fetching(cluster, clock, 'fetch'),
      committed: (at) => committedOffsets(cluster, clock, options.groupId, at),
      commit: (offsets, { groupId, generation, memberId, instanceId }) =>
        cluster.told(async () => {
          const wire = await cluster.coordinator('group', groupId);
          const what = `Committing offsets of group ${groupId}`;
          const topics = offsetTopics(offsets);
          await wire.call(
            offsetCommitV9.api,
            what,
            groupId,
            generation,
            memberId,
            instanceId ?? null,
            topics,
          );
        }),
    };
    super(requests, clock, options);
  }
}
