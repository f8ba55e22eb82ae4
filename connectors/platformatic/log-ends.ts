import {
  type LogEnds,
  type OpenTransaction,
  partitionKey,
  type TopicPartition,
} from '../../topology/ports/kafka-driver.ts';
import { refused } from '../kafka-client/refused.ts';
import type { Cluster } from './cluster.ts';
import { describeProducersV0, listOffsetsV7 } from './library.ts';
import { nameOfCode } from './protocol-error.ts';

const LATEST = -1n;
const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;

/** How far logs are written, and how far decided; of all partitions of a leader at once. */
export async function logEnds(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
): Promise<ReadonlyMap<string, LogEnds>> {
  const byLeader = new Map<number, TopicPartition[]>();
  for (const at of partitions) {
    const leader = (await cluster.topic(at.topic)).leaders[at.partition] ?? -1;
    const of = byLeader.get(leader);
    if (of === undefined) byLeader.set(leader, [at]);
    else of.push(at);
  }
  const found = new Map<string, LogEnds>();
  for (const [leader, of] of byLeader) {
    const written = await latest(cluster, leader, of, READ_UNCOMMITTED);
    const decided = await latest(cluster, leader, of, READ_COMMITTED);
    for (const [key, end] of written) found.set(key, { written: end, decided: decided.get(key) ?? end });
  }
  return found;
}

async function latest(
  cluster: Cluster,
  leader: number,
  partitions: readonly TopicPartition[],
  isolation: number,
): Promise<ReadonlyMap<string, number>> {
  const wire = await cluster.node(leader, 'metadata');
  const asked = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, of]) => ({
    name,
    partitions: of.map(({ partition }) => ({
      partitionIndex: partition,
      currentLeaderEpoch: -1,
      timestamp: LATEST,
    })),
  }));
  const { topics } = await wire.call(listOffsetsV7.api, 'Ends of the logs', -1, isolation, asked);
  const found = new Map<string, number>();
  for (const { name, partitions: answered } of topics) {
    for (const { partitionIndex, errorCode, offset } of answered) {
      const key = partitionKey({ topic: name, partition: partitionIndex });
      if (errorCode !== 0) throw refused(nameOfCode(errorCode), `End of ${key}`);
      found.set(key, Number(offset));
    }
  }
  return found;
}

/** Transactions that have written to a partition and are not decided. */
export async function openTransactions(
  cluster: Cluster,
  at: TopicPartition,
): Promise<readonly OpenTransaction[]> {
  const wire = await cluster.leader(at, 'metadata');
  const asked = [{ name: at.topic, partitionIndexes: [at.partition] }];
  const what = `Producers of ${partitionKey(at)}`;
  const { topics } = await wire.call(describeProducersV0.api, what, asked);
  const producers = topics[0]?.partitions[0]?.activeProducers ?? [];
  return producers
    .filter(({ currentTxnStartOffset }) => currentTxnStartOffset >= 0n)
    .map(({ producerId, currentTxnStartOffset, lastTimestamp }) => ({
      producerId: String(producerId),
      from: Number(currentTxnStartOffset),
      lastWritten: Number(lastTimestamp),
    }))
    .toSorted((a, b) => a.from - b.from);
}
