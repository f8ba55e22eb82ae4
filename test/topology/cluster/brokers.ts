import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Access } from '../../../connectors/kafka-client/access.ts';
import { metadata } from '../../../connectors/platformatic/apis.ts';
import { Cluster } from '../../../connectors/platformatic/cluster.ts';
import type { KafkaCluster } from '../../../docker/stack/kafka/kafka-cluster.ts';
import { until } from './until.ts';

export const OFFSETS = '__consumer_offsets';
export const TRANSACTIONS = '__transaction_state';

/** How the test's own clients reach the brokers. */
export const accessTo = (bootstrap: string): Access => ({
  clientId: 'judge',
  bootstrap: bootstrap.split(','),
  requestTimeout: 10_000,
  connectTimeout: 3_000,
});

export interface PartitionView {
  readonly topic: string;
  readonly partition: number;
  /** Broker that leads it; -1: none. */
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly inSync: readonly number[];
}

/** The topics' partitions as some broker sees them now. */
export async function viewOf(bootstrap: string, topics: readonly string[]): Promise<PartitionView[]> {
  const cluster = new Cluster(accessTo(bootstrap));
  try {
    const answer = await cluster.any((wire) => wire.call(metadata, 'The view', [...topics], false, false));
    return answer.topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex, leaderId, replicaNodes, isrNodes }) => ({
        topic: name ?? '',
        partition: partitionIndex,
        leader: leaderId,
        replicas: replicaNodes,
        inSync: isrNodes,
      })),
    );
  } finally {
    await cluster.close();
  }
}

/** Resolves when each partition has a leader and all its replicas are in sync: then any broker may go. */
export const healed = (bootstrap: string, topics: readonly string[]): Promise<void> =>
  until('all replicas in sync', async () => {
    const view = await viewOf(bootstrap, topics);
    return view.length > 0 && view.every((of) => of.leader > 0 && of.inSync.length === of.replicas.length);
  });

/** The partition of an internal topic that keeps a group or a transactional id: Java's hash of the name. */
export function keptIn(name: string, partitions: number): number {
  let hash = 0;
  for (const unit of name) hash = (Math.imul(31, hash) + unit.charCodeAt(0)) | 0;
  return (hash & 0x7fffffff) % partitions;
}

/** Every partition of the topics gets another leader, without any broker going: their replicas are put in another order, whose first leads. */
export async function moveLeaders(kafka: KafkaCluster, topics: readonly string[]): Promise<void> {
  const { bootstrap, tool } = kafka;
  const before = await viewOf(bootstrap, topics);
  const partitions = before.map(({ topic, partition, leader, replicas }) => {
    const others = replicas.filter((node) => node !== leader);
    return { topic, partition, replicas: [...others, leader] };
  });
  const file = join(mkdtempSync(join(tmpdir(), 'moves-')), 'partitions.json');
  writeFileSync(file, JSON.stringify({ version: 1, partitions }));
  const to = ['--bootstrap-server', bootstrap];
  const [reassign, elect] = ['reassign.ReassignPartitionsCommand', 'LeaderElectionCommand'];
  await done(
    tool(`org.apache.kafka.tools.${reassign}`, [...to, '--reassignment-json-file', file, '--execute']),
  );
  const preferred = ['--election-type', 'preferred', '--path-to-json-file', file];
  await done(tool(`org.apache.kafka.tools.${elect}`, [...to, ...preferred]));
  await until('all leaders moved', async () => {
    const after = await viewOf(bootstrap, topics);
    return before.every(({ topic, partition, leader }) =>
      after.some(
        (of) => of.topic === topic && of.partition === partition && ![-1, leader].includes(of.leader),
      ),
    );
  });
}

async function done(work: ReturnType<KafkaCluster['tool']>): Promise<void> {
  const { code, stdout, stderr } = await work;
  if (code !== 0) throw new Error(`${stdout}${stderr}`);
}
