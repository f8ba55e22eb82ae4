import { setImmediate } from 'node:timers/promises';
import { MemoryBroker } from '../../connectors/memory/broker.ts';
import { MemoryDriver } from '../../connectors/memory/driver.ts';
import { memorySchemaRegistry } from '../../connectors/memory/schema-registry.ts';
import type { ScreeningRules } from '../../operators/screening-rules.ts';
import { bindCodecs, type Codecs } from '../../schemas/codecs/bind.ts';
import { SUBJECTS } from '../../schemas/codecs/subjects.ts';
import { TOPIC, topicsOf } from '../../schemas/topics.ts';
import type { Topology } from '../../topology/dsl/nodes.ts';
import { subTopologies } from '../../topology/dsl/sub-topologies.ts';
import type { KafkaRecord, OutgoingRecord } from '../../topology/model/record.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import { partitionKey, type TopicPartition } from '../../topology/ports/kafka-driver.ts';
import type { SnapshotStore } from '../../topology/ports/snapshot-store.ts';
import type { Telemetry } from '../../topology/ports/telemetry.ts';
import type { Limits } from '../../topology/runtime/settings.ts';
import type { Task } from '../../topology/runtime/task.ts';
import { Worker } from '../../topology/runtime/worker.ts';
import { sepsis } from '../../topology/sepsis.ts';

export interface ClusterOptions {
  readonly rules: ScreeningRules;
  readonly clock: Clock;
  readonly partitions: number;
  readonly instances: number;
  readonly telemetry?: Telemetry;
  readonly snapshots?: SnapshotStore;
  readonly limits?: Partial<Limits>;
  /** False: no ticks are written. */
  readonly ticks?: boolean;
}

const APPLICATION = 'sepsis-streams';
const READ_RECORDS = 10_000;

/** The sepsis topology on an in-memory Kafka in this process: several partitions, several instances of one group. */
export class InMemoryCluster {
  readonly broker: MemoryBroker;
  readonly topology: Topology;
  readonly codecs: Codecs;
  readonly #options: ClusterOptions;
  readonly #inputs: readonly string[];
  readonly #instances = new Map<string, { readonly worker: Worker; readonly driver: MemoryDriver }>();
  readonly #read = new Map<string, number>();
  #failure: Error | undefined;
  #truncated = false;

  constructor(options: ClusterOptions, codecs: Codecs) {
    this.#options = options;
    this.codecs = codecs;
    this.broker = new MemoryBroker();
    this.broker.createTopics(Object.values(TOPIC).map((name) => ({ name, partitions: options.partitions })));
    this.topology = sepsis(topicsOf(codecs), options.rules);
    this.#inputs = subTopologies(this.topology).flatMap((sub) => sub.sources.map(({ name }) => name));
  }

  start(): void {
    for (let i = 0; i < this.#options.instances; i++) this.startInstance(`slot-${i}`);
  }

  startInstance(slot: string): void {
    const { clock, telemetry, snapshots, limits, ticks } = this.#options;
    const driver = new MemoryDriver(this.broker);
    const worker = new Worker({
      topology: this.topology,
      driver,
      clock,
      application: APPLICATION,
      slot,
      deadLetters: TOPIC.deadLetters,
      ...(telemetry === undefined ? {} : { telemetry }),
      ...(snapshots === undefined ? {} : { snapshots }),
      ...(limits === undefined ? {} : { limits }),
      ...(ticks === undefined ? {} : { ticks }),
    });
    this.#instances.set(slot, { worker, driver });
    worker.run().catch((error: unknown) => {
      this.#failure ??= error instanceof Error ? error : new Error(String(error));
    });
  }

  /** Ends an instance as a killed process would. */
  crashInstance(slot: string): void {
    this.#instances.get(slot)?.driver.kill();
    this.#instances.delete(slot);
  }

  /** All instances live, with all state restored. */
  get live(): boolean {
    return [...this.#instances.values()].every(({ worker }) => worker.live);
  }

  /** Tasks of all instances. */
  get tasks(): readonly Task[] {
    return [...this.#instances.values()].flatMap(({ worker }) => worker.tasks);
  }

  get slots(): readonly string[] {
    return [...this.#instances.keys()];
  }

  /**
   * Ends all instances. A truncated log cannot be taken over any more, and whoever left last would try to: then they
   * leave at once, and what is not committed is dropped.
   */
  async stop(): Promise<void> {
    const instances = [...this.#instances.values()];
    if (this.#truncated) for (const { driver } of instances) driver.kill();
    else await Promise.all(instances.map(({ worker }) => worker.stop()));
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Records of the input and of the repartition topic that are not committed yet. */
  lag(): number {
    const inputs = this.#partitionsOf(this.#inputs);
    const committed = this.broker.committedOf(APPLICATION, inputs);
    let lag = 0;
    for (const at of inputs) lag += this.broker.log(at).end - (committed.get(partitionKey(at))?.offset ?? 0);
    return lag;
  }

  /** Resolves when everything that was produced is processed and committed. @throws what ended an instance. */
  async drained(): Promise<void> {
    while (this.lag() > 0 || !this.#settled()) {
      if (this.#failure !== undefined) throw this.#failure;
      await this.broker.changed(this.lag() > 0 ? 20 : 1);
    }
    // The commit is seen before the instance that made it has taken its own overlay into its state.
    await setImmediate();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Everything is owned by somebody who has restored it. */
  #settled(): boolean {
    const workers = [...this.#instances.values()].map(({ worker }) => worker);
    if (workers.length === 0) return true;
    return this.broker.state.group(APPLICATION).state === 'stable' && workers.every(({ live }) => live);
  }

  produce(topic: string, records: readonly OutgoingRecord[]): void {
    this.broker.append(topic, records);
  }

  /** Records of a topic that were not read this way before, by partition and offset. */
  *unread(topic: string): Generator<KafkaRecord & { readonly partition: number }> {
    for (let partition = 0; partition < this.#options.partitions; partition++) {
      const at = `${topic}/${partition}`;
      const log = this.broker.log({ topic, partition });
      let offset = this.#read.get(at) ?? log.start;
      while (offset < log.stableEnd) {
        const { records, nextOffset } = log.read(offset, READ_RECORDS, Number.POSITIVE_INFINITY, {
          committed: true,
        });
        for (const record of records) yield { ...record, partition };
        offset = nextOffset;
      }
      this.#read.set(at, offset);
    }
  }

  /** Counts everything that a topic holds as read. */
  pass(topic: string): void {
    for (let partition = 0; partition < this.#options.partitions; partition++) {
      this.#read.set(`${topic}/${partition}`, this.broker.log({ topic, partition }).end);
    }
  }

  /** Lets go of input that is committed, and of output that was read. */
  truncate(): void {
    this.#truncated = true;
    const committed = this.broker.committedOf(APPLICATION, this.#partitionsOf(this.#inputs));
    for (const at of this.#partitionsOf(Object.values(TOPIC))) {
      const key = partitionKey(at);
      const before = this.#inputs.includes(at.topic) ? committed.get(key)?.offset : this.#read.get(key);
      if (before !== undefined) this.broker.log(at).truncate(before);
    }
  }

  #partitionsOf(topics: readonly string[]): TopicPartition[] {
    return topics.flatMap((topic) =>
      Array.from({ length: this.#options.partitions }, (_, partition) => ({ topic, partition })),
    );
  }

  /** Committed state of a store, key by key, over all instances. The views are good until the next record. */
  *state(store: string): Generator<readonly [key: string, state: Uint8Array]> {
    for (const { worker } of this.#instances.values()) {
      for (const task of worker.tasks) yield* task.stores.get(store)?.entries() ?? [];
    }
  }
}

/** A cluster with the schemas of this build registered. */
export async function inMemoryCluster(options: ClusterOptions): Promise<InMemoryCluster> {
  const registry = memorySchemaRegistry();
  for (const { subject, schema } of Object.values(SUBJECTS)) await registry.register(subject, schema);
  return new InMemoryCluster(options, await bindCodecs(registry));
}
