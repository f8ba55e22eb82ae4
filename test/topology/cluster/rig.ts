import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import type { KafkaCluster } from '../../../docker/stack/kafka/kafka-cluster.ts';
import { accessTo, healed, keptIn, OFFSETS, TRANSACTIONS, viewOf } from './brokers.ts';
import { Feed } from './feed.ts';
import { Fleet, longestGap, SLOTS } from './fleet.ts';
import { drained, faultsOf, logOf, PARTITIONS, TOPICS } from './judge.ts';
import { until } from './until.ts';

const APPLICATION = 'cluster';
const ALL: readonly string[] = [...TOPICS, OFFSETS, TRANSACTIONS];

/** What came of a disturbance. Times are milliseconds. */
export interface Verdict {
  readonly faults: readonly string[];
  /** The longest time in which nobody committed anything, and in which one of the workers committed nothing. */
  readonly stall: number;
  readonly stallOfOne: number;
  /** The longest time without a number acknowledged. */
  readonly stallOfFeed: number;
  /** The longest time in which one of the workers said nothing at all. */
  readonly silence: number;
}

/** Three brokers, three workers and a feed that never rests, all of which go on from one test to the next. */
export class Rig {
  readonly kafka: KafkaCluster;
  readonly fleet: Fleet;
  readonly #driver: PlatformaticDriver;
  readonly #feed: Feed;
  #stopped: Promise<(number | null)[]> | undefined;

  private constructor(kafka: KafkaCluster, driver: PlatformaticDriver) {
    this.kafka = kafka;
    this.#driver = driver;
    this.fleet = new Fleet(kafka.bootstrap, APPLICATION);
    this.#feed = new Feed(driver);
  }

  static async start(kafka: KafkaCluster): Promise<Rig> {
    const driver = new PlatformaticDriver(accessTo(kafka.bootstrap), systemClock);
    await driver.admin().createTopics(TOPICS.map((name) => ({ name, partitions: PARTITIONS })));
    const rig = new Rig(kafka, driver);
    for (const slot of SLOTS) rig.fleet.start(slot);
    return rig;
  }

  /** Resolves when each worker has committed something from now on. */
  async working(): Promise<void> {
    const since = Date.now();
    await until(
      'each worker commits',
      () => SLOTS.every((slot) => this.fleet.heard('committed', since, slot).length > 0),
      () => `\n${this.fleet.summary(since)}`,
    );
  }

  /** Resolves when every replica of every topic is in sync. */
  healed(): Promise<void> {
    return healed(this.kafka.bootstrap, ALL);
  }

  /** What the broker leads now: `topic/partition` of data; `group` and `slot-0` of what it coordinates. */
  async ledBy(broker: number): Promise<string[]> {
    const view = await viewOf(this.kafka.bootstrap, ALL);
    const led = view.filter(({ leader }) => leader === broker);
    const keeps = (topic: string, name: string): boolean => {
      const { length } = view.filter((of) => of.topic === topic);
      return led.some((of) => of.topic === topic && of.partition === keptIn(name, length));
    };
    return [
      ...led
        .filter(({ topic }) => TOPICS.includes(topic))
        .map(({ topic, partition }) => `${topic}/${partition}`),
      ...(keeps(OFFSETS, APPLICATION) ? ['group'] : []),
      ...SLOTS.filter((slot) => keeps(TRANSACTIONS, `${APPLICATION}-${slot}`)),
    ];
  }

  /** Disturbs while all work, waits until all work again, lets everything run out, and judges all that was ever written. */
  async judged(what: string, disturb: () => Promise<void>): Promise<Verdict> {
    this.#feed.start();
    await this.working();
    const from = Date.now();
    await disturb();
    await this.working();
    const to = Date.now();
    await this.healed();
    await this.#feed.stop();
    await drained(this.#driver, APPLICATION);
    const faults = faultsOf(
      this.#feed,
      await logOf(this.#driver, 'numbers'),
      await logOf(this.#driver, 'checksums'),
    );
    const gap = (kind: string, slot?: string): number =>
      longestGap(
        from,
        this.fleet.heard(kind, from, slot).map(({ at }) => at),
        to,
      );
    const verdict: Verdict = {
      faults: faults.slice(0, 10),
      stall: gap('committed'),
      stallOfOne: Math.max(...SLOTS.map((slot) => gap('committed', slot))),
      stallOfFeed: longestGap(from, this.#feed.acknowledged, to),
      silence: Math.max(...SLOTS.map((slot) => gap('', slot))),
    };
    process.stderr.write(`three brokers: ${what}: ${JSON.stringify(verdict)}\n`);
    return verdict;
  }

  /** Numbers that were acknowledged. */
  get sent(): number {
    return this.#feed.sent;
  }

  /** Ends the feed, and the workers in good order; their exit codes. */
  stop(): Promise<(number | null)[]> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<(number | null)[]> {
    await this.#feed.stop();
    const codes = await this.fleet.stop();
    await this.#driver.close();
    return codes;
  }
}
