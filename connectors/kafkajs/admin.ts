import type { Clock } from '../../topology/ports/clock.ts';
import {
  type AdminPort,
  type LogEnds,
  type NewTopic,
  partitionKey,
  type TopicPartition,
} from '../../topology/ports/kafka-driver.ts';
import { again, PASSING } from '../kafka-client/again.ts';
import { untilLed } from '../kafka-client/until-led.ts';
import { createTopics, deleteRecords, listOffsets } from './apis.ts';
import type { Cluster } from './cluster.ts';
import { committedOffsets } from './committed-offsets.ts';
import { assertDone } from './protocol-error.ts';
import type { Wire } from './wire.ts';

const TIMEOUT = 10_000;
const TOPIC_ALREADY_EXISTS = 36;
const EARLIEST = -2;
const LATEST = -1;
const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;

/** What is done to a cluster, and asked of it, outside of any group. */
export class KafkaJsAdmin implements AdminPort {
  readonly #cluster: Cluster;
  readonly #clock: Clock;

  constructor(cluster: Cluster, clock: Clock) {
    this.#cluster = cluster;
    this.#clock = clock;
  }

  async createTopics(topics: readonly NewTopic[]): Promise<void> {
    // One at a time: of several in one request an answer that one is there already would hide why another was refused.
    for (const { name, partitions, retention } of topics) {
      const kept = retention === undefined || Number.isFinite(retention) ? retention : -1;
      const settings = kept === undefined ? [] : [{ name: 'retention.ms', value: String(kept) }];
      const what = `Creating ${name}`;
      await again(this.#clock, PASSING, async () => {
        // Any broker passes it on to the controller.
        const { topicErrors } = await this.#cluster.any((wire) =>
          wire.call(createTopics(name, partitions, settings, TIMEOUT), what),
        );
        for (const { errorCode } of topicErrors)
          if (errorCode !== TOPIC_ALREADY_EXISTS) assertDone(errorCode, what);
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
    return {
      start: await this.#offset(at, EARLIEST, READ_COMMITTED),
      end: await this.#offset(at, LATEST, READ_COMMITTED),
    };
  }

  committed(...asked: Parameters<AdminPort['committed']>): ReturnType<AdminPort['committed']> {
    return committedOffsets(this.#cluster, this.#clock, ...asked);
  }

  async deleteRecords(at: TopicPartition, before: number): Promise<void> {
    const { topic, partition } = at;
    const what = `Deleting records of ${partitionKey(at)}`;
    await this.#led(at, async (wire) => {
      const { topics } = await wire.call(deleteRecords(topic, partition, before, TIMEOUT), what);
      for (const { errorCode } of topics.flatMap(({ partitions }) => partitions)) assertDone(errorCode, what);
    });
  }

  async ends(at: readonly TopicPartition[]): Promise<ReadonlyMap<string, LogEnds>> {
    const found = await Promise.all(
      at.map(async (one): Promise<[string, LogEnds]> => {
        const written = await this.#offset(one, LATEST, READ_UNCOMMITTED);
        return [partitionKey(one), { written, decided: await this.#offset(one, LATEST, READ_COMMITTED) }];
      }),
    );
    return new Map(found);
  }

  #offset(at: TopicPartition, timestamp: number, isolation: 0 | 1): Promise<number> {
    const { topic, partition } = at;
    const what = `Offsets of ${partitionKey(at)}`;
    return this.#led(at, async (wire) => {
      const asked = listOffsets([{ topic, partitions: [{ partition, timestamp }] }], isolation);
      const found = (await wire.call(asked, what)).responses[0]?.partitions[0];
      assertDone(found?.errorCode ?? -1, what);
      return Number(found?.offset);
    });
  }

  #led<R>(at: TopicPartition, ask: (wire: Wire) => Promise<R>): Promise<R> {
    return again(this.#clock, PASSING, () =>
      this.#cluster.told(async () => ask(await this.#cluster.leader(at, 'metadata'))),
    );
  }
}
