import { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { ManualClock } from '../../../connectors/memory/clocks.ts';
import type { Topology } from '../../../topology/dsl/nodes.ts';
import { subTopologies } from '../../../topology/dsl/sub-topologies.ts';
import { text } from '../../../topology/model/codec.ts';
import type { KafkaRecord, OutgoingRecord } from '../../../topology/model/record.ts';
import { milliseconds } from '../../../topology/model/time.ts';
import type { CommittedOffset } from '../../../topology/ports/kafka-driver.ts';
import type { SnapshotStore } from '../../../topology/ports/snapshot-store.ts';
import type { Telemetry } from '../../../topology/ports/telemetry.ts';
import type { Limits } from '../../../topology/runtime/settings.ts';
import { Worker } from '../../../topology/runtime/worker.ts';
import { type Faults, FaultyDriver } from './faulty-driver.ts';

export const DEAD_LETTERS = 't.dead';

export interface EngineOptions {
  readonly partitions?: number;
  readonly limits?: Partial<Limits>;
  readonly snapshots?: SnapshotStore;
  readonly ticks?: boolean;
}

interface Instance {
  readonly worker: Worker;
  readonly driver: FaultyDriver;
  readonly ended: Promise<Error | undefined>;
  failure: Error | undefined;
}

/** What the engine told, one line each: `ignored split why`. */
export class Told implements Telemetry {
  readonly lines: string[] = [];
  consumed(): void {}
  ignored(step: string, reason: string): void {
    this.lines.push(`ignored ${step} ${reason}`);
  }
  deadLettered(step: string, reason: string): void {
    this.lines.push(`dead ${step} ${reason}`);
  }
  produced(topic: string, records: number): void {
    this.lines.push(`produced ${topic} ${records}`);
  }
  committed(records: number): void {
    this.lines.push(`committed ${records}`);
  }
  aborted(reason: string): void {
    this.lines.push(`aborted ${reason}`);
  }
  restoring(task: string, remaining: number): void {
    this.lines.push(`restoring ${task} ${remaining}`);
  }
  restored(task: string, entries: number, replayed: number): void {
    this.lines.push(`restored ${task} ${entries}+${replayed}`);
  }
  degraded(task: string, from: number): void {
    this.lines.push(`degraded ${task} ${from}`);
  }
  parked(topic: string, partition: number, code: string): void {
    this.lines.push(`parked ${topic} ${partition} ${code}`);
  }
  unparked(topic: string, partition: number): void {
    this.lines.push(`unparked ${topic} ${partition}`);
  }
  snapshotFailed(task: string, error: string): void {
    this.lines.push(`snapshot ${task} ${error}`);
  }
  of(kind: string): string[] {
    return this.lines.filter((line) => line.startsWith(`${kind} `));
  }
}

/** Workers of one topology on one in-memory broker, with faults where a test wants them. */
export class Engine {
  readonly broker: MemoryBroker;
  readonly clock: ManualClock = new ManualClock(0);
  readonly told: Told = new Told();
  readonly #topology: Topology;
  readonly #options: EngineOptions;
  readonly #partitions: number;
  readonly #inputs: readonly string[];
  readonly #instances = new Map<string, Instance>();

  /** With a broker given, a new deployment on what another engine left there. */
  constructor(topology: Topology, options: EngineOptions = {}, broker: MemoryBroker = new MemoryBroker()) {
    this.#topology = topology;
    this.#options = options;
    this.#partitions = options.partitions ?? 2;
    this.broker = broker;
    const subs = subTopologies(topology);
    this.#inputs = subs.flatMap(({ sources }) => sources.map(({ name }) => name));
    const names = [
      ...this.#inputs,
      ...subs.flatMap(({ sinks }) => sinks.map(({ name }) => name)),
      DEAD_LETTERS,
    ];
    broker.createTopics(names.map((name) => ({ name, partitions: this.#partitions })));
  }

  start(slot = 'a', faults: Faults = {}): Worker {
    const driver = new FaultyDriver(this.broker, faults);
    const { limits, snapshots, ticks = false } = this.#options;
    const worker = new Worker({
      topology: this.#topology,
      driver,
      clock: this.clock,
      application: 'app',
      slot,
      deadLetters: DEAD_LETTERS,
      telemetry: this.told,
      ticks,
      limits: { pollWait: milliseconds(1), ...limits },
      ...(snapshots !== undefined && { snapshots }),
    });
    const ended = worker
      .run()
      .then(() => undefined)
      .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
    const instance: Instance = { worker, driver, ended, failure: undefined };
    void ended.then((error) => {
      instance.failure = error;
    });
    this.#instances.set(slot, instance);
    return worker;
  }

  /** What ended the worker; undefined: it was stopped. */
  async end(slot = 'a'): Promise<Error | undefined> {
    return this.#instances.get(slot)?.ended;
  }

  /** Waits no more for a worker that ended by itself, and does nothing to it. */
  forget(slot = 'a'): void {
    this.#instances.delete(slot);
  }

  kill(slot = 'a'): void {
    this.#instances.get(slot)?.driver.kill();
    this.#instances.delete(slot);
  }

  async stop(): Promise<void> {
    const instances = [...this.#instances.values()];
    this.#instances.clear();
    await Promise.all(instances.map(({ worker }) => worker.stop()));
  }

  driver(slot = 'a'): FaultyDriver | undefined {
    return this.#instances.get(slot)?.driver;
  }

  /** Resolves when all input is committed and every worker is through with it. @throws what ended a worker. */
  async drained(): Promise<void> {
    let since: ReadonlyMap<string, number> | undefined;
    for (;;) {
      for (const { failure } of this.#instances.values()) if (failure !== undefined) throw failure;
      const polls = this.#polls();
      if (this.lag() > 0 || this.broker.state.group('app').state === 'preparing-rebalance') since = undefined;
      else if (since === undefined) since = polls;
      else if ([...polls].every(([slot, count]) => count >= (since?.get(slot) ?? 0) + 3)) return;
      await this.broker.changed(1);
    }
  }

  lag(): number {
    const committed = this.committed();
    let lag = 0;
    for (const topic of this.#inputs) {
      for (let partition = 0; partition < this.#partitions; partition++) {
        const { end, start } = this.broker.log({ topic, partition });
        lag += end - Math.max(start, committed.get(`${topic}/${partition}`)?.offset ?? 0);
      }
    }
    return lag;
  }

  /** Committed offsets of all inputs. */
  committed(): ReadonlyMap<string, CommittedOffset> {
    const inputs = this.#inputs.flatMap((topic) =>
      Array.from({ length: this.#partitions }, (_, partition) => ({ topic, partition })),
    );
    return this.broker.committedOf('app', inputs);
  }

  /** Appends values, to the partition or to those of their turn. */
  produce(topic: string, values: readonly string[], record: Partial<OutgoingRecord> = {}): void {
    this.broker.append(
      topic,
      values.map((value) => ({ key: null, value: text.encode(value), timestamp: 7, ...record })),
    );
  }

  /** All records of a topic, by partition and offset. */
  records(topic: string): (KafkaRecord & { readonly partition: number })[] {
    return Array.from({ length: this.#partitions }, (_, partition) =>
      this.broker
        .log({ topic, partition })
        .read(0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, { committed: true })
        .records.map((record) => ({ ...record, partition })),
    ).flat();
  }

  /** The same as text: `key -> value`. */
  texts(topic: string): string[] {
    return this.records(topic).map(
      ({ key, value }) =>
        `${key === null ? null : text.decode(key)} -> ${value === null ? null : text.decode(value)}`,
    );
  }

  /** Committed state by key. */
  state(store: string): Record<string, string> {
    const entries = [...this.#instances.values()].flatMap(({ worker }) =>
      worker.tasks.flatMap((task) => [...(task.stores.get(store)?.entries() ?? [])]),
    );
    return Object.fromEntries(entries.map(([key, state]) => [key, text.decode(state)]));
  }

  #polls(): ReadonlyMap<string, number> {
    return new Map([...this.#instances].map(([slot, { driver }]) => [slot, driver.polls]));
  }
}
