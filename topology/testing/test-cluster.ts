import { MemoryBroker } from '../../connectors/memory/broker.ts';
import { SeverableLink } from '../../connectors/memory/link.ts';
import {
  RemoteSnapshotStore,
  UnreliableSnapshotStore,
} from '../../connectors/memory/simulation/snapshot-store.ts';
import { VirtualTime, virtualClock } from '../../connectors/memory/simulation/virtual-time.ts';
import type { Topology } from '../dsl/nodes.ts';
import { subTopologies } from '../dsl/sub-topologies.ts';
import { StreamsError } from '../model/errors.ts';
import type { Instant } from '../model/time.ts';
import { milliseconds } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';
import { partitionKey, type TopicPartition } from '../ports/kafka-driver.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';
import type { Guarantee, Limits } from '../runtime/settings.ts';
import type { Task } from '../runtime/task.ts';
import { Worker } from '../runtime/worker.ts';
import { Gate } from './gate.ts';
import { Instance } from './instance.ts';
import { Observations } from './observations.ts';
import { Script } from './script.ts';
import { ScriptedLink } from './scripted-link.ts';
import { WatchedDriver } from './watched-driver.ts';

export interface TestClusterSettings {
  readonly topology: Topology;
  readonly partitions: number;
  readonly guarantee: Guarantee;
  readonly snapshots: boolean | SnapshotStore;
  readonly limits: Partial<Limits>;
  /** What the clock shows. */
  readonly now: () => Instant;
}

export const DEAD_LETTERS = 'topology-test.dead-letters';
const APPLICATION = 'topology-test';
/** Virtual time in which everything must be done; pauses after a failure are at most a second each. */
const PATIENCE = 60_000;
/** A worker's first poll may begin before it owns anything; the third begins after all that the second brought. */
const ROUNDS = 3;

/**
 * Workers of one topology on one in-memory Kafka. They work only inside `settle` and `close`: in between nothing
 * happens, and whatever waits does so on virtual time, so that a test does the same thing each time.
 */
export class TestCluster {
  readonly broker: MemoryBroker;
  readonly script: Script = new Script();
  readonly observations: Observations = new Observations();
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly #settings: TestClusterSettings;
  readonly #time = new VirtualTime();
  readonly #waiting: Clock = virtualClock(this.#time);
  readonly #gate = new Gate();
  readonly #snapshots = new UnreliableSnapshotStore();
  readonly #instances = new Map<number, Instance>();
  #last: Promise<void> = Promise.resolve();

  constructor(settings: TestClusterSettings) {
    this.#settings = settings;
    this.broker = new MemoryBroker({ clock: this.#waiting });
    const subs = subTopologies(settings.topology);
    const namesOf = (topics: readonly { readonly name: string }[]): string[] => [
      ...new Set(topics.map(({ name }) => name)),
    ];
    this.inputs = namesOf(subs.flatMap(({ sources }) => sources));
    this.outputs = namesOf(subs.flatMap(({ sinks }) => sinks));
    const { partitions } = settings;
    const names = new Set([...this.inputs, ...this.outputs, DEAD_LETTERS]);
    this.broker.createTopics([...names].map((name) => ({ name, partitions })));
  }

  /** Numbers of the instances that run. */
  get running(): readonly number[] {
    return [...this.#instances.keys()];
  }

  get tasks(): readonly Task[] {
    return [...this.#instances.values()].flatMap(({ worker }) => worker.tasks);
  }

  /** @throws StreamsError of the worker's settings, `topology-invalid` among them. */
  start(number: number): void {
    const { topology, guarantee, limits, now } = this.#settings;
    const link = new SeverableLink(new ScriptedLink(this.#gate, this.script, () => this.kill(number)));
    const driver = new WatchedDriver(this.broker, { link, clock: this.#waiting });
    const snapshots = this.#snapshotsOver(link);
    const worker = new Worker({
      topology,
      driver,
      clock: { ...this.#waiting, now },
      application: APPLICATION,
      slot: `instance-${number}`,
      deadLetters: DEAD_LETTERS,
      guarantee,
      telemetry: this.observations.telemetryOf(number),
      limits: { pollWait: milliseconds(10), snapshotRecords: 1, ...limits },
      ...(snapshots !== undefined && { snapshots }),
    });
    this.#instances.set(number, new Instance(worker, driver, link));
  }

  /** Ends an instance as a killed process would. */
  kill(number: number): void {
    this.#instances.get(number)?.kill();
    this.#instances.delete(number);
  }

  /** Asks an instance to end in good order; it does so while the cluster settles. */
  leave(number: number): void {
    this.#instances.get(number)?.stop();
  }

  /**
   * Resolves when everything is processed and committed.
   * @throws what ended a worker; StreamsError `not-settled` when it goes on and on.
   */
  async settle(): Promise<void> {
    let since: readonly number[] | undefined;
    await this.#work(() => {
      if (this.#instances.size === 0) return true;
      const polls = [...this.#instances.values()].map((instance) => instance.polls);
      const quiet = this.lag() === 0 && this.broker.state.group(APPLICATION).state === 'stable';
      if (!quiet || since?.length !== polls.length) since = quiet ? polls : undefined;
      return since?.every((count, i) => (polls[i] ?? 0) >= count + ROUNDS) === true;
    });
  }

  /** Stops all instances in good order. @throws what ended one of them. */
  async close(): Promise<void> {
    await this.#work(() => {
      for (const instance of this.#instances.values()) instance.stop();
      return this.#instances.size === 0;
    });
  }

  /** Input that is not committed, in records and control records. */
  lag(): number {
    const inputs = this.inputs.flatMap((topic) =>
      Array.from(
        { length: this.#settings.partitions },
        (_, partition): TopicPartition => ({ topic, partition }),
      ),
    );
    const committed = this.broker.committedOf(APPLICATION, inputs);
    let lag = 0;
    for (const at of inputs) lag += this.broker.log(at).end - (committed.get(partitionKey(at))?.offset ?? 0);
    return lag;
  }

  /** Lets the instances work until it is done; of several calls one after the other. */
  #work(done: () => boolean): Promise<void> {
    const work = this.#last.then(() => this.#step(done));
    this.#last = work.catch(() => {});
    return work;
  }

  /** Event by event. */
  async #step(done: () => boolean): Promise<void> {
    const until = this.#time.now + PATIENCE;
    this.#gate.open();
    try {
      for (;;) {
        await turn();
        for (const [number, instance] of this.#instances) {
          instance.assertRuns();
          if (instance.ended) this.#instances.delete(number);
        }
        if (done()) return;
        if (this.#time.now > until || !this.#time.step())
          throw new StreamsError(
            'not-settled',
            `${this.lag()} records are not committed, and the ${this.running.length} instances are never through; the last failures: ${this.observations.aborted().slice(-3).join(', ') || 'none'}.`,
          );
      }
    } finally {
      this.#gate.close();
    }
  }

  #snapshotsOver(link: SeverableLink): SnapshotStore | undefined {
    const { snapshots } = this.#settings;
    if (typeof snapshots !== 'boolean') return snapshots;
    return snapshots ? new RemoteSnapshotStore(this.#snapshots, link) : undefined;
  }
}

// Taken now: a test that replaces the timers of the machine means its own code.
const afterwards = setImmediate;

/** Until all that can go on without time passing has gone on. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    afterwards(resolve);
  });
