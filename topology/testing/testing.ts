import { MemoryBroker } from '../../connectors/memory/broker.ts';
import { ManualClock } from '../../connectors/memory/clocks.ts';
import type { Topology } from '../dsl/nodes.ts';
import { subTopologies } from '../dsl/sub-topologies.ts';
import type { Headers } from '../model/record.ts';
import type { Store } from '../model/store.ts';
import { type Duration, type Instant, instant, milliseconds } from '../model/time.ts';
import type { Topic } from '../model/topic.ts';
import { partitionKey } from '../ports/kafka-driver.ts';
import { silent } from '../ports/telemetry.ts';
import { Worker } from '../runtime/worker.ts';
import { Instance } from './instance.ts';
import { deadLetterOf, ReadBack, type TestDeadLetter, type TestOutput } from './read-back.ts';
import { WatchedDriver } from './watched-driver.ts';

export type { TestDeadLetter, TestOutput } from './read-back.ts';

export interface TestDriverOptions {
  /** Partitions of every topic; 1 when not given. */
  readonly partitions?: number;
  /** Workers that share them; 1 when not given. */
  readonly instances?: number;
  /** What the clock shows at first; 1970-01-01T00:00:00Z when not given. Only `tick` moves it. */
  readonly start?: Instant;
}

/** A record to pipe in: the value as the topic's codec takes it, or the bytes as they stand. */
export type TestInput<V> = TestPlace & ({ readonly value: V } | { readonly bytes: Uint8Array | null });

interface TestPlace {
  /** Text is written as UTF-8; none: no key. */
  readonly key?: string | Uint8Array;
  readonly headers?: Headers;
  /** The default partitioner's choice when not given. */
  readonly partition?: number;
}

/** How often a step said that a record is not for us, by reason. */
export interface TestIgnored {
  readonly step: string;
  readonly reason: string;
  readonly count: number;
}

const APPLICATION = 'topology-test';
const DEAD_LETTERS = 'topology-test.dead-letters';
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Runs a topology on an in-memory Kafka: the same engine, transactions and partitions as in production, and no broker.
 *
 *     const driver = topologyTestDriver(wordCount);
 *     await driver.pipe(topics.lines, { value: 'to be or not to be' });
 *     await driver.run();
 *     driver.read(topics.counts); // [{ key: 'to', value: 1, ... }, ...]
 *     await driver.close();
 *
 * @throws StreamsError `topology-invalid`, listing every fault.
 */
export function topologyTestDriver(topology: Topology, options: TestDriverOptions = {}): TopologyTestDriver {
  return new TopologyTestDriver(topology, options);
}

/** Made by `topologyTestDriver`. */
export class TopologyTestDriver {
  readonly #topology: Topology;
  readonly #broker = new MemoryBroker();
  readonly #clock: ManualClock;
  readonly #readBack = new ReadBack(this.#broker);
  readonly #inputs: readonly string[];
  readonly #partitions: number;
  readonly #instances = new Map<string, Instance>();
  readonly #slots: readonly string[];
  readonly #ignored = new Map<string, TestIgnored>();

  constructor(topology: Topology, { partitions = 1, instances = 1, start = instant(0) }: TestDriverOptions) {
    this.#topology = topology;
    this.#partitions = partitions;
    this.#clock = new ManualClock(start);
    const subs = subTopologies(topology);
    this.#inputs = subs.flatMap(({ sources }) => sources.map(({ name }) => name));
    const outputs = subs.flatMap(({ sinks }) => sinks.map(({ name }) => name));
    const names = new Set([...this.#inputs, ...outputs, DEAD_LETTERS]);
    this.#broker.createTopics([...names].map((name) => ({ name, partitions })));
    this.#slots = Array.from({ length: instances }, (_, i) => `slot-${i}`);
    this.restart();
  }

  /** Appends a record to a topic that the topology reads; `run` takes it through. @throws what the codec throws. */
  async pipe<V>(topic: Topic<V>, input: TestInput<V>): Promise<void> {
    const { key, headers, partition } = input;
    this.#broker.append(topic.name, [
      {
        key: typeof key === 'string' ? encoder.encode(key) : (key ?? null),
        value: 'bytes' in input ? input.bytes : topic.value.encode(input.value),
        timestamp: this.#clock.now(),
        ...(headers !== undefined && { headers }),
        ...(partition !== undefined && { partition }),
      },
    ]);
  }

  /** Resolves when everything is processed and committed. @throws what ended a worker. */
  async run(): Promise<void> {
    let since: readonly number[] | undefined;
    while (this.#instances.size > 0) {
      for (const instance of this.#instances.values()) instance.assertRuns();
      const polls = this.#polls();
      // Nothing is left, and every worker has come back since: its first poll may have begun before it owned anything,
      // and the third began after all that the second brought.
      const settled = this.#broker.state.group(APPLICATION).state !== 'preparing-rebalance';
      if (this.#lag() > 0 || !settled) since = undefined;
      else if (since === undefined) since = polls;
      else if (since.every((count, i) => (polls[i] ?? 0) >= count + 3)) return;
      await this.#broker.changed(1);
    }
  }

  /** What the topology wrote to a topic since the last call, by partition and offset. */
  read<V>(topic: Topic<V>): readonly TestOutput<V>[] {
    return this.#readBack
      .unread(topic.name)
      .map(({ key, value, headers = {}, partition, offset, timestamp }) => ({
        key: key === null ? null : decoder.decode(key),
        value: value === null ? null : topic.value.decode(value),
        headers,
        partition,
        offset,
        timestamp,
      }));
  }

  /** The records that became dead letters since the last call. */
  deadLetters(): readonly TestDeadLetter[] {
    return this.#readBack.unread(DEAD_LETTERS).map(deadLetterOf);
  }

  /** What was ignored since the beginning, by step and reason. */
  ignored(): readonly TestIgnored[] {
    return [...this.#ignored.values()];
  }

  /** The committed state of a key; undefined: none. */
  state<S>(store: Store<S>, key: string): S | undefined {
    for (const { worker } of this.#instances.values()) {
      for (const task of worker.tasks) {
        const bytes = task.stores.get(store.name)?.get(key);
        if (bytes !== undefined) return store.state.decode(Uint8Array.from(bytes));
      }
    }
    return undefined;
  }

  /** Lets time pass, and runs: ticks that are due are written and taken through. */
  async tick(time: Duration): Promise<void> {
    this.#clock.moveTo(this.#clock.now() + time);
    await this.run();
  }

  /** Ends every worker as a killed process would: what is not committed is lost, and read again after `restart`. */
  crash(): void {
    for (const instance of this.#instances.values()) instance.kill();
    this.#instances.clear();
  }

  /** Starts the workers that do not run; their state is restored from the log. */
  restart(): void {
    for (const slot of this.#slots)
      if (!this.#instances.has(slot)) this.#instances.set(slot, this.#start(slot));
  }

  /** Stops the workers in good order. @throws what ended one of them. */
  async close(): Promise<void> {
    await Promise.all([...this.#instances.values()].map(({ worker }) => worker.stop()));
    for (const instance of this.#instances.values()) instance.assertRuns();
  }

  #start(slot: string): Instance {
    const driver = new WatchedDriver(this.#broker);
    const worker = new Worker({
      topology: this.#topology,
      driver,
      clock: this.#clock,
      application: APPLICATION,
      slot,
      deadLetters: DEAD_LETTERS,
      telemetry: { ...silent, ignored: (step, reason) => this.#ignore(step, reason) },
      limits: { pollWait: milliseconds(1) },
    });
    return new Instance(worker, driver);
  }

  #ignore(step: string, reason: string): void {
    const of = JSON.stringify([step, reason]);
    this.#ignored.set(of, { step, reason, count: (this.#ignored.get(of)?.count ?? 0) + 1 });
  }

  #polls(): number[] {
    return [...this.#instances.values()].map(({ polls }) => polls);
  }

  #lag(): number {
    const inputs = this.#inputs.flatMap((topic) =>
      Array.from({ length: this.#partitions }, (_, partition) => ({ topic, partition })),
    );
    const committed = this.#broker.committedOf(APPLICATION, inputs);
    let lag = 0;
    for (const at of inputs) lag += this.#broker.log(at).end - (committed.get(partitionKey(at))?.offset ?? 0);
    return lag;
  }
}
