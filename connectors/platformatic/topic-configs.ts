import type { Clock } from '../../topology/ports/clock.ts';
import type { Access } from '../kafka-client/access.ts';
import { again, PASSING } from '../kafka-client/again.ts';
import { refused } from '../kafka-client/refused.ts';
import { untilLed } from '../kafka-client/until-led.ts';
import { metadata } from './apis.ts';
import { Cluster } from './cluster.ts';
import { createTopic, type TopicToMake } from './create-topic.ts';
import { ConfigResourceTypes, describeConfigsV4 } from './library.ts';
import { nameOfCode } from './protocol-error.ts';

const UNKNOWN_TOPIC_OR_PARTITION = 3;

/** A topic as it is. */
export interface TopicFound {
  readonly partitions: number;
  /** Replicas of the partition that has the fewest. */
  readonly replication: number;
  /** Values by their names in Kafka, those that the brokers set by default among them. */
  readonly settings: ReadonlyMap<string, string>;
}

/** Topics with their settings and numbers of replicas: more of them than the engine ever asks for. */
export class TopicConfigs {
  readonly #cluster: Cluster;
  readonly #clock: Clock;

  constructor(access: Access, clock: Clock) {
    this.#cluster = new Cluster(access);
    this.#clock = clock;
  }

  /** Number of brokers that are up. */
  async brokers(): Promise<number> {
    return (await this.#metadata([])).brokers.length;
  }

  /**
   * Of these topics those that exist, with the settings of these names.
   * @throws StreamsError `not-authorized` without the right to describe them, or their settings where any are asked for.
   */
  async describe(
    names: readonly string[],
    settings: readonly string[],
  ): Promise<ReadonlyMap<string, TopicFound>> {
    const found = new Map<string, TopicFound>();
    for (const { name, errorCode, partitions } of (await this.#metadata(names)).topics) {
      if (typeof name !== 'string' || errorCode === UNKNOWN_TOPIC_OR_PARTITION) continue;
      if (errorCode !== 0) throw refused(nameOfCode(errorCode), `Topic ${name}`);
      const replication = Math.min(...partitions.map(({ replicaNodes }) => replicaNodes.length));
      found.set(name, {
        partitions: partitions.length,
        replication,
        settings: await this.#settings(name, settings),
      });
    }
    return found;
  }

  /**
   * Makes topics that are not there. All are judged by the cluster before the first is made. `made` is told of each; one that somebody
   * else has made meanwhile is left as it is, and not told of. Resolves when their leaders are there.
   */
  async create(topics: readonly TopicToMake[], made: (name: string) => void): Promise<void> {
    for (const topic of topics) await createTopic(this.#cluster, this.#clock, topic, true);
    for (const topic of topics) if (await createTopic(this.#cluster, this.#clock, topic)) made(topic.name);
    await untilLed(
      this.#cluster,
      this.#clock,
      topics.map(({ name }) => name),
    );
  }

  async close(): Promise<void> {
    await this.#cluster.close();
  }

  async #settings(topic: string, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (names.length === 0) return new Map();
    const resource = {
      resourceType: ConfigResourceTypes.TOPIC,
      resourceName: topic,
      configurationKeys: [...names],
    };
    const { results } = await this.#ask(`Settings of ${topic}`, (wire, what) =>
      wire.call(describeConfigsV4.api, what, [resource], false, false),
    );
    const settings = new Map<string, string>();
    for (const { name, value } of results[0]?.configs ?? [])
      if (typeof value === 'string') settings.set(name, value);
    return settings;
  }

  #metadata(names: readonly string[]): ReturnType<typeof metadata.async> {
    return this.#ask(
      `Metadata of ${names.join(', ') || 'the cluster'}`,
      (wire, what) => wire.call(metadata, what, [...names], false, false),
      ({ topics }) => topics.every(({ errorCode }) => errorCode !== UNKNOWN_TOPIC_OR_PARTITION),
    );
  }

  #ask<R>(
    what: string,
    request: (wire: AnyWire, what: string) => Promise<R>,
    enough: (answer: R) => boolean = () => true,
  ): Promise<R> {
    return again(this.#clock, PASSING, () => this.#cluster.any((wire) => request(wire, what), { enough }));
  }
}

type AnyWire = Parameters<Parameters<Cluster['any']>[0]>[0];
