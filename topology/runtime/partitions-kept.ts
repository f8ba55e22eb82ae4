import type { SubTopology } from '../dsl/sub-topologies.ts';
import { StreamsError } from '../model/errors.ts';
import {
  type CommittedOffset,
  type ConsumerPort,
  partitionKey,
  type TopicPartition,
} from '../ports/kafka-driver.ts';
import { readMetadata } from './commit-metadata.ts';

/** Topics whose partitions are chosen by key, and read back as one state per partition. */
export const topicsKeyed = (subs: readonly SubTopology[]): readonly string[] =>
  subs.flatMap((sub) =>
    sub.entries.flatMap((entry) => (entry.kind === 'repartition' ? [entry.topic.name] : [])),
  );

export const partitionsOfTopic = (topic: string, counts: ReadonlyMap<string, number>): TopicPartition[] =>
  Array.from({ length: counts.get(topic) ?? 0 }, (_, partition) => ({ topic, partition }));

/**
 * With another number of partitions a key goes to another one, and what is known of it stays where it was. So the number
 * is said with each commit, and must be the same for ever. `counts` holds the numbers of now, `committed` what was
 * committed of the own partitions; where that says nothing, as of one that was added, the others are asked for.
 * @throws StreamsError `partitions-changed`.
 */
export async function assertPartitionsKept(
  topics: readonly string[],
  counts: ReadonlyMap<string, number>,
  committed: ReadonlyMap<string, CommittedOffset>,
  consumer: Pick<ConsumerPort, 'committed'>,
): Promise<void> {
  for (const topic of topics) {
    const all = partitionsOfTopic(topic, counts);
    const said = saidIn(all, committed) ?? saidIn(all, await consumer.committed(all));
    if (said !== undefined && said !== all.length) throw partitionsChanged(topic, said, all.length);
  }
}

export const partitionsChanged = (topic: string, before: number, now: number): StreamsError =>
  new StreamsError(
    'partitions-changed',
    `Topic ${topic} has ${now} partitions, and its keys were spread over ${before}: keys would go to other partitions than their states.`,
  );

function saidIn(
  partitions: readonly TopicPartition[],
  committed: ReadonlyMap<string, CommittedOffset>,
): number | undefined {
  for (const at of partitions) {
    const said = readMetadata(committed.get(partitionKey(at))?.metadata ?? '')?.partitions;
    if (said !== undefined) return said;
  }
  return undefined;
}
