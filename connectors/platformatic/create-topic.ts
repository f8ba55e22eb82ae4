import type { Clock } from '../../topology/ports/clock.ts';
import { again, PASSING } from '../kafka-client/again.ts';
import type { Cluster } from './cluster.ts';
import { createTopicsV7 } from './library.ts';
import { isRefusedAs } from './protocol-error.ts';

const TIMEOUT = 10_000;

export interface TopicToMake {
  readonly name: string;
  readonly partitions: number;
  /** Number of replicas; -1: what the brokers do by default. */
  readonly replication: number;
  readonly settings: ReadonlyMap<string, string>;
}

/**
 * Makes one topic, or with `judgeOnly` has the cluster say whether it could. One at a time: of several in one request an
 * answer that one is there already would hide why another was refused. False when it is there already.
 */
export async function createTopic(
  cluster: Cluster,
  clock: Clock,
  { name, partitions, replication, settings }: TopicToMake,
  judgeOnly = false,
): Promise<boolean> {
  const request = {
    name,
    numPartitions: partitions,
    replicationFactor: replication,
    assignments: [],
    configs: Array.from(settings, ([setting, value]) => ({ name: setting, value })),
  };
  try {
    // Any broker passes it on to the controller.
    await again(clock, PASSING, () =>
      cluster.any((wire) => wire.call(createTopicsV7.api, `Creating ${name}`, [request], TIMEOUT, judgeOnly)),
    );
    return true;
  } catch (error) {
    if (isRefusedAs(error, 'TOPIC_ALREADY_EXISTS')) return false;
    throw error;
  }
}
