import type { Clock } from '../../topology/ports/clock.ts';
import {
  type AdminPort,
  type LogEnds,
  type NewTopic,
  type OpenTransaction,
  partitionKey,
  type TopicPartition,
} from '../../topology/ports/kafka-driver.ts';
import { again, PASSING } from '../kafka-client/again.ts';
import { refused } from '../kafka-client/refused.ts';
import { untilLed } from '../kafka-client/until-led.ts';
import type { Cluster } from './cluster.ts';
import { committedOffsets } from './committed-offsets.ts';
import { createTopic } from './create-topic.ts';
import { deleteRecordsV2, listOffsetsV7 } from './library.ts';
import { logEnds, openTransactions } from './log-ends.ts';
import { nameOfCode } from './protocol-error.ts';
import type { Wire } from './wire.ts';

const TIMEOUT = 10_000;
const EARLIEST = -2n;
const LATEST = -1n;
const READ_COMMITTED = 1;
/** The brokers' own defaults: their number of replicas is the cluster's affair. */
const DEFAULT_REPLICATION = -1;

/** What is done to a cluster, and asked of it, outside of any group. */
export class KafkaAdmin implements AdminPort {
  readonly #cluster: Cluster;
  readonly #clock: Clock;

  constructor(cluster: Cluster, clock: Clock) {
    this.#cluster = cluster;
    this.#clock = clock;
  }

  async createTopics(topics: readonly NewTopic[]): Promise<void> {
    for (const { name, partitions, retention } of topics) {
      const settings = new Map<string, string>();
      if (retention !== undefined)
        settings.set('retention.ms', Number.isFinite(retention) ? String(retention) : '-1');
      await createTopic(this.#cluster, this.#clock, {
        name,
        partitions,
        replication: DEFAULT_REPLICATION,
        settings,
      });
    }
    await untilLed(
      this.#cluster,
      this.#clock,
      topics.map(({ name }) => name),
    );
  }

  async partitions(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const found = await this.#cluster.topics(topics);
    return new Map([...found].map(([name, { leaders }]) => [name, leaders.length]));
  }

  async offsets(at: TopicPartition): Promise<{ readonly start: number; readonly end: number }> {
    const [start, end] = [await this.#offset(at, EARLIEST), await this.#offset(at, LATEST)];
    return { start, end };
  }

  committed(...asked: Parameters<AdminPort['committed']>): ReturnType<AdminPort['committed']> {
    return committedOffsets(this.#cluster, this.#clock, ...asked);
  }

  async deleteRecords(at: TopicPartition, before: number): Promise<void> {
    await this.#led(at, async (wire) => {
      const topics = [
        { name: at.topic, partitions: [{ partitionIndex: at.partition, offset: BigInt(before) }] },
      ];
      await wire.call(deleteRecordsV2.api, `Deleting records of ${partitionKey(at)}`, topics, TIMEOUT);
    });
  }

  ends(at: readonly TopicPartition[]): Promise<ReadonlyMap<string, LogEnds>> {
    return again(this.#clock, PASSING, () => this.#cluster.told(() => logEnds(this.#cluster, at)));
  }

  openTransactions(at: TopicPartition): Promise<readonly OpenTransaction[]> {
    return again(this.#clock, PASSING, () => this.#cluster.told(() => openTransactions(this.#cluster, at)));
  }

  async #offset(at: TopicPartition, timestamp: bigint): Promise<number> {
    return this.#led(at, async (wire) => {
      const what = `Offsets of ${partitionKey(at)}`;
      const asked = [{ partitionIndex: at.partition, currentLeaderEpoch: -1, timestamp }];
      const { topics } = await wire.call(listOffsetsV7.api, what, -1, READ_COMMITTED, [
        { name: at.topic, partitions: asked },
      ]);
      const found = topics[0]?.partitions[0];
      if (found === undefined || found.errorCode !== 0)
        throw refused(nameOfCode(found?.errorCode ?? -1), what);
      return Number(found.offset);
    });
  }

  #led<R>(at: TopicPartition, ask: (wire: Wire) => Promise<R>): Promise<R> {
    return again(this.#clock, PASSING, () =>
      this.#cluster.told(async () => ask(await this.#cluster.leader(at, 'metadata'))),
    );
  }
}
