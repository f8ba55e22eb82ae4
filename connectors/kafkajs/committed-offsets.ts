import type { Clock } from '../../topology/ports/clock.ts';
import {
  type CommittedOffset,
  type OffsetCommits,
  partitionKey,
  type TopicPartition,
} from '../../topology/ports/kafka-driver.ts';
import { again, PASSING } from '../kafka-client/again.ts';
import type { Of, OffsetPartition } from './apis.ts';
import type { Cluster } from './cluster.ts';
import { assertDone } from './protocol-error.ts';
import { stableOffsets } from './stable-offsets.ts';

/**
 * Committed offsets of a group: while a transaction that moves one of them is undecided the answer is waited for, unless it is passed over.
 * @throws StreamsError `unstable-offsets` when that takes long; others.
 */
export function committedOffsets(
  cluster: Cluster,
  clock: Clock,
  groupId: string,
  at: readonly TopicPartition[],
  undecided?: 'passed-over',
): Promise<ReadonlyMap<string, CommittedOffset>> {
  const asked = [...Map.groupBy(at, ({ topic }) => topic)].map(([topic, of]) => ({
    topic,
    partitions: of.map(({ partition }) => partition),
  }));
  const what = `Committed offsets of group ${groupId}`;
  return again(clock, PASSING, () =>
    cluster.told(async () => {
      const wire = await cluster.coordinator('group', groupId);
      const { errorCode: code, topics } = await wire.call(
        stableOffsets(groupId, asked, undecided === undefined),
        what,
      );
      assertDone(code, what);
      const found = new Map<string, CommittedOffset>();
      for (const { topic, partitions } of topics) {
        for (const { partition, offset, metadata, errorCode } of partitions) {
          const key = partitionKey({ topic, partition });
          assertDone(errorCode, `${what} in ${key}`);
          if (offset >= 0) found.set(key, { offset, metadata });
        }
      }
      return found;
    }),
  );
}

/** Offsets in the shape of the requests. */
export function offsetTopics(offsets: OffsetCommits): Of<OffsetPartition>[] {
  const byTopic = Map.groupBy(offsets, ([key]) => key.slice(0, key.lastIndexOf('/')));
  return [...byTopic].map(([topic, of]) => ({
    topic,
    partitions: of.map(([key, { offset, metadata }]) => ({
      partition: Number(key.slice(topic.length + 1)),
      offset: String(offset),
      metadata,
    })),
  }));
}
