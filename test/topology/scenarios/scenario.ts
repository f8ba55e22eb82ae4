import { fraction } from '../../../connectors/memory/simulation/chance.ts';
import { FaultPlan, type FaultRates, NONE } from '../../../connectors/memory/simulation/faults.ts';
import type { Topology } from '../../../topology/dsl/nodes.ts';
import { subTopologies } from '../../../topology/dsl/sub-topologies.ts';
import { text } from '../../../topology/model/codec.ts';
import type { KafkaRecord } from '../../../topology/model/record.ts';
import type { Guarantee, Limits } from '../../../topology/runtime/settings.ts';
import {
  APPLICATION,
  type Parts,
  SIMULATED_LIMITS,
  SimulatedCluster,
} from '../../../topology/testing/simulation/cluster.ts';
import { Told } from '../runtime/engine.ts';

export interface ScenarioOptions {
  readonly seed?: number;
  readonly partitions?: number;
  readonly instances?: number;
  readonly limits?: Partial<Limits>;
  readonly guarantee?: Guarantee;
  readonly parts?: Parts;
  readonly faults?: FaultRates;
}

/** A record as text, and where it stands. */
export interface Logged {
  readonly key: string;
  readonly value: string;
}
/** A topic, by partition. */
export type Log = readonly (readonly Logged[])[];

const ALL = Number.POSITIVE_INFINITY;
/** Virtual milliseconds after which something that was waited for will not come. */
const PATIENCE = 60_000;

/** A simulated cluster that a test leads from one thing to the next, and reads as a consumer beside it would. */
export class Scenario {
  readonly told: Told = new Told();
  readonly cluster: SimulatedCluster;
  readonly faults: FaultPlan;
  readonly seed: number;
  readonly #partitions: number;
  readonly #inputs: readonly string[];

  constructor(topology: Topology, options: ScenarioOptions = {}) {
    const { seed = 1, partitions = 5, instances = 3, faults = NONE, parts = {} } = options;
    this.seed = seed;
    this.#partitions = partitions;
    this.#inputs = subTopologies(topology).flatMap(({ sources }) => sources.map(({ name }) => name));
    this.faults = new FaultPlan(seed, faults);
    this.cluster = new SimulatedCluster({
      topology,
      seed,
      partitions,
      instances,
      faults: this.faults,
      guarantee: options.guarantee ?? 'exactly-once',
      limits: { ...SIMULATED_LIMITS, ...options.limits },
      parts,
      telemetry: this.told,
    });
  }

  get now(): number {
    return this.cluster.time.now;
  }

  /** Starts a worker in each of the slots, or in all. */
  start(slots: readonly string[] = this.cluster.slots): void {
    for (const slot of slots) this.cluster.start(slot);
  }

  produce(topic: string, records: readonly Logged[]): void {
    const timestamp = this.now;
    this.cluster.broker.append(
      topic,
      records.map(({ key, value }) => ({ key: text.encode(key), value: text.encode(value), timestamp })),
    );
  }

  /** The records come in bursts over a length of virtual time. */
  feed(topic: string, records: readonly Logged[], overMs: number): void {
    for (let from = 0, burst = 0; from < records.length; burst++) {
      const count = 1 + Math.floor(fraction(this.seed, `burst ${burst}`) * 6);
      const part = records.slice(from, from + count);
      this.cluster.time.after((overMs * from) / records.length, () => this.produce(topic, part));
      from += count;
    }
  }

  /**
   * Workers are killed as with `kill -9`, so many of a hundred, or stopped in good order, at random times; a supervisor
   * starts the next.
   */
  disturb(times: number, overMs: number, kills = 60): void {
    const { time, slots } = this.cluster;
    for (let i = 0; i < times; i++) {
      const drawn = (what: string): number => fraction(this.seed, `${what} ${i}`);
      const slot = slots[Math.floor(drawn('whom') * slots.length)] ?? '';
      time.after(drawn('when') * overMs, () => {
        if (drawn('how') * 100 < kills) this.cluster.crash(slot);
        else this.cluster.restart(slot);
      });
    }
  }

  /** Lets time pass until it is so. @throws Error when it never comes to it, and what the cluster found wrong. */
  async until(what: string, condition: () => boolean, patience: number = PATIENCE): Promise<void> {
    for (const end = this.now + patience; !condition(); await this.cluster.step())
      if (this.now > end)
        throw new Error(`Not within ${patience} virtual ms: ${what}; the lag is ${this.lag()}.`);
  }

  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    await this.until('time passes', () => this.now >= end);
  }

  /** All input is committed, and what decides it is written. */
  async drained(): Promise<void> {
    const { transactions } = this.cluster.broker.state;
    await this.until(
      'all input is committed',
      () => this.lag() === 0 && transactions.pendingMarkers().length === 0,
    );
  }

  /** Stops all workers in good order. */
  async stop(): Promise<void> {
    this.cluster.stop();
    await this.until('the workers end', () => this.cluster.running === 0);
  }

  /** Input that is not committed, of a topic or of all, in records and control records. */
  lag(topics: readonly string[] = this.#inputs): number {
    let lag = 0;
    for (const topic of topics)
      for (let partition = 0; partition < this.#partitions; partition++)
        lag += this.cluster.broker.log({ topic, partition }).end - this.committedOffset(topic, partition);
    return lag;
  }

  committedOffset(topic: string, partition: number): number {
    const committed = this.cluster.broker.committedOf(APPLICATION, [{ topic, partition }]);
    return committed.get(`${topic}/${partition}`)?.offset ?? 0;
  }

  /** What a consumer sees, read committed; or everything that was ever written. */
  read(topic: string, committed = true): Log {
    return this.records(topic, committed).map((records) =>
      records.map(({ key, value }) => ({ key: textOf(key), value: textOf(value) })),
    );
  }

  records(topic: string, committed = true): readonly (readonly KafkaRecord[])[] {
    return Array.from(
      { length: this.#partitions },
      (_, partition) =>
        this.cluster.broker.log({ topic, partition }).read(0, ALL, ALL, { committed }).records,
    );
  }

  /** Records that were written and never counted: of transactions that a fault ended. */
  aborted(topics: readonly string[]): number {
    const count = (topic: string, committed: boolean): number => this.read(topic, committed).flat().length;
    return topics.reduce((sum, topic) => sum + count(topic, false) - count(topic, true), 0);
  }
}

const textOf = (bytes: Uint8Array | null): string => (bytes === null ? '' : text.decode(bytes));
