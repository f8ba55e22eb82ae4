import type { Clock } from '../../topology/ports/clock.ts';
import {
  type CommittedOffset,
  partitionKey,
  type TopicPartition,
} from '../../topology/ports/kafka-driver.ts';
import { again, PASSING } from '../kafka-client/again.ts';
import { refused } from '../kafka-client/refused.ts';
import type { Cluster } from './cluster.ts';
import { offsetFetchV9 } from './library.ts';
import { nameOfCode } from './protocol-error.ts';

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
  const topics = [...Map.groupBy(at, ({ topic }) => topic)].map(([name, of]) => ({
    name,
    partitionIndexes: of.map(({ partition }) => partition),
  }));
  return again(clock, PASSING, () =>
    cluster.told(async () => {
      const wire = await cluster.coordinator('group', groupId);
      const what = `Committed offsets of group ${groupId}`;
      const asked = [{ groupId, memberId: null, memberEpoch: -1, topics }];
      const { groups } = await wire.call(offsetFetchV9.api, what, asked, undecided === undefined);
      const found = new Map<string, CommittedOffset>();
      for (const { errorCode, topics: answered } of groups) {
        if (errorCode !== 0) throw refused(nameOfCode(errorCode), what);
        for (const { name, partitions } of answered) {
          for (const { partitionIndex, committedOffset, metadata, errorCode: code } of partitions) {
            if (code !== 0) throw refused(nameOfCode(code), `${what} in ${name}/${partitionIndex}`);
            if (committedOffset < 0n) continue;
            const key = partitionKey({ topic: name, partition: partitionIndex });
            found.set(key, { offset: Number(committedOffset), metadata: metadata ?? '' });
          }
        }
      }
      return found;
    }),
  );
}

/** Offsets in the shape of the requests. */
export function offsetTopics(
  offsets: ReadonlyMap<string, CommittedOffset>,
): { name: string; partitions: OffsetPartition[] }[] {
  const topics = new Map<string, OffsetPartition[]>();
  for (const [key, { offset, metadata }] of offsets) {
    const slash = key.lastIndexOf('/');
    const name = key.slice(0, slash);
    const partition = {
      partitionIndex: Number(key.slice(slash + 1)),
      committedOffset: BigInt(offset),
      committedLeaderEpoch: -1,
      committedMetadata: metadata,
    };
    const of = topics.get(name);
    if (of === undefined) topics.set(name, [partition]);
    else of.push(partition);
  }
  return [...topics].map(([name, partitions]) => ({ name, partitions }));
}

interface OffsetPartition {
  readonly partitionIndex: number;
  readonly committedOffset: bigint;
  readonly committedLeaderEpoch: number;
  readonly committedMetadata: string;
}
