import type { SubTopology } from '../dsl/sub-topologies.ts';
import { StreamsError } from '../model/errors.ts';
import type { AdminPort } from '../ports/kafka-driver.ts';

/** Topics that the sub-topologies read, each once. */
export const topicsRead = (subs: readonly SubTopology[]): string[] => [
  ...new Set(subs.flatMap((sub) => sub.sources.map(({ name }) => name))),
];

/** Topics that they write for others to read. */
export const topicsTold = (subs: readonly SubTopology[]): ReadonlySet<string> =>
  new Set(
    subs.flatMap((sub) => sub.exits.flatMap((exit) => (exit.kind === 'sink' ? [exit.topic.name] : []))),
  );

/** Their numbers of partitions. @throws StreamsError `configuration` naming the topics that are not there. */
export async function partitionsOf(
  admin: AdminPort,
  topics: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const partitions = await admin.partitions(topics);
  const missing = topics.filter((topic) => !partitions.has(topic));
  if (missing.length > 0) throw new StreamsError('configuration', `There is no topic ${missing.join(', ')}.`);
  return partitions;
}
