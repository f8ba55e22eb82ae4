import type { TopicPartition } from '../../topology/ports/kafka-driver.ts';
import type { Subscriber } from './group-requests.ts';

/**
 * Partition p of every topic goes to subscriber p modulo their number: what is read together stays together, and no
 * two subscribers of a topic differ by more than one partition. They are counted by slot name, else by member id, so
 * that members that come back under their slots find their own partitions: the same membership, the same result.
 */
export function assign(
  members: readonly Subscriber[],
  partitionsOf: (topic: string) => number,
): Map<string, TopicPartition[]> {
  const sorted = members.toSorted(
    (a, b) => order(a.instanceId ?? a.memberId, b.instanceId ?? b.memberId) || order(a.memberId, b.memberId),
  );
  const assigned = new Map<string, TopicPartition[]>(sorted.map(({ memberId }) => [memberId, []]));
  for (const topic of new Set(sorted.flatMap(({ topics }) => topics))) {
    const subscribers = sorted.filter(({ topics }) => topics.includes(topic));
    for (let partition = 0; partition < partitionsOf(topic); partition++) {
      const owner = subscribers[partition % subscribers.length];
      if (owner !== undefined) assigned.get(owner.memberId)?.push({ topic, partition });
    }
  }
  return assigned;
}

/** By code unit, as `<` has it: no locale may change who owns what. */
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
