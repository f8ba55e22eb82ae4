import type { Request } from '../../connectors/memory/link.ts';
import { describe } from '../dsl/describe.ts';
import type { Topology } from '../dsl/nodes.ts';
import { StreamsError } from '../model/errors.ts';
import type { Store } from '../model/store.ts';
import { type Duration, type Instant, instant } from '../model/time.ts';
import type { Topic } from '../model/topic.ts';
import type { Guarantee } from '../runtime/settings.ts';
import { DeadLetters, type TestDeadLetter } from './dead-letters.ts';
import type { TestIgnored, TestRestore } from './observations.ts';
import { outputOf, ReadBack, type TestOutput } from './read-back.ts';
import type { TestFault } from './script.ts';
import { DEAD_LETTERS, TestCluster, turn } from './test-cluster.ts';
import { assertCount, type TestDriverOptions } from './test-driver-options.ts';
import { recordOf, type TestInput } from './test-input.ts';

/**
 * Made by `topologyTestDriver`. The topology works only while `run`, `tick` or `close` is awaited: in between nothing
 * moves, so what a test sees is the same each time.
 */
export class TopologyTestDriver {
  readonly #topology: Topology;
  readonly #cluster: TestCluster;
  readonly #readBack: ReadBack;
  readonly #deadLetters: DeadLetters;
  readonly #guarantee: Guarantee;
  #instances: number;
  #now: Instant;

  constructor(topology: Topology, options: TestDriverOptions) {
    const { partitions = 1, instances = 1, start = instant(0), limits = {}, snapshots = false } = options;
    assertCount('partitions', partitions);
    assertCount('instances', instances);
    this.#topology = topology;
    this.#guarantee = options.guarantee ?? 'exactly-once';
    this.#now = start;
    this.#cluster = new TestCluster({
      topology,
      partitions,
      guarantee: this.#guarantee,
      snapshots,
      limits,
      now: () => this.#now,
    });
    this.#readBack = new ReadBack(this.#cluster.broker);
    this.#deadLetters = new DeadLetters(() => this.#readBack.unread(DEAD_LETTERS));
    this.#instances = instances;
    this.restart();
  }

  /** What the clock shows. */
  get now(): Instant {
    return this.#now;
  }

  /** The topology as text: its sub-topologies, topics, stores and hash. For a golden file. */
  describe(): string {
    return describe(this.#topology);
  }

  /**
   * Appends a record to a topic that the topology reads; `run` takes it through.
   * @throws what the codec throws; StreamsError `configuration` when the topology does not read the topic.
   */
  pipe<V>(topic: Topic<V>, input: TestInput<V>): Promise<void> {
    return this.pipeAll(topic, [input]);
  }

  /** Appends records in their order; when one of them cannot be encoded, none. @throws as `pipe`. */
  async pipeAll<V>(topic: Topic<V>, inputs: readonly TestInput<V>[]): Promise<void> {
    const read = this.#cluster.inputs;
    if (!read.includes(topic.name))
      throw unknown(`The topology reads no topic ${topic.name}; it reads ${read.join(', ')}.`);
    this.#cluster.broker.append(
      topic.name,
      inputs.map((input) => recordOf(topic, input, this.#now)),
    );
  }

  /**
   * Resolves when everything is processed and committed, or no instance runs any more.
   * @throws what ended a worker; StreamsError `not-settled` when there is no end to it.
   */
  async run(): Promise<void> {
    await this.#cluster.settle();
  }

  /** Lets time pass, and runs: ticks that are due are written and taken through. @throws as `run`. */
  async tick(time: Duration): Promise<void> {
    this.#now = instant(this.#now + time);
    await this.run();
  }

  /**
   * What the topology wrote to a topic since the last call, and is committed, by partition and offset.
   * @throws what the codec throws; StreamsError `configuration` when the topology does not know the topic.
   */
  read<V>(topic: Topic<V>): readonly TestOutput<V>[] {
    const { inputs, outputs } = this.#cluster;
    if (!outputs.includes(topic.name) && !inputs.includes(topic.name))
      throw unknown(`The topology writes no topic ${topic.name}; it writes ${outputs.join(', ')}.`);
    return this.#readBack.unread(topic.name).map((record) => outputOf(topic, record));
  }

  /** The same, values only. @throws as `read`. */
  readValues<V>(topic: Topic<V>): readonly (V | null)[] {
    return this.read(topic).map(({ value }) => value);
  }

  /** The same, the last value of each key; null: the last was a tombstone. Records without a key are left out. @throws as `read`. */
  readToMap<V>(topic: Topic<V>): ReadonlyMap<string, V | null> {
    return new Map(this.read(topic).flatMap(({ key, value }) => (key === null ? [] : [[key, value]])));
  }

  /** The records that became dead letters, all or of one reason; each is given once. */
  deadLetters(reason?: string): readonly TestDeadLetter[] {
    return this.#deadLetters.take(reason);
  }

  /** The dead letters that came too late: those of reason `late`. */
  late(): readonly TestDeadLetter[] {
    return this.deadLetters('late');
  }

  /** What was ignored since the beginning, by step and reason. */
  ignored(): readonly TestIgnored[] {
    return this.#cluster.observations.ignored();
  }

  /** How tasks came by their state since the last call, by task; those that had none are left out. */
  restored(): readonly TestRestore[] {
    return this.#cluster.observations.restored();
  }

  /** Codes of the errors for which a transaction did not stand, or nobody knew, since the last call. */
  aborted(): readonly string[] {
    return this.#cluster.observations.aborted();
  }

  /** The committed state of a key (undefined: none), or of all keys; of the tasks that run. */
  state<S>(store: Store<S>, key: string): S | undefined;
  state<S>(store: Store<S>): ReadonlyMap<string, S>;
  state<S>(store: Store<S>, key?: string): S | undefined | ReadonlyMap<string, S> {
    const states = new Map<string, S>();
    for (const [name, bytes] of this.#entries(store)) {
      if (key !== undefined && name !== key) continue;
      // The engine writes over these bytes later.
      states.set(name, store.state.decode(Uint8Array.from(bytes)));
    }
    return key === undefined ? states : states.get(key);
  }

  /** Ends an instance (from 0), or all, as a killed process would: what is not committed is read again after `restart`. */
  crash(instance?: number): void {
    for (const number of instance === undefined ? this.#cluster.running : [instance])
      this.#cluster.kill(number);
  }

  /** Starts the instances that do not run; their state is restored from the last snapshot and the log. */
  restart(): void {
    for (let number = 0; number < this.#instances; number++)
      if (!this.#cluster.running.includes(number)) this.#cluster.start(number);
  }

  /**
   * One more instance joins, or the last one leaves (`restart` brings it back), and the partitions are shared out anew.
   * When input waits, this comes in the middle of the next transaction, else with the next `run`.
   */
  rebalance(change: 'join' | 'leave' = 'join'): void {
    const number = change === 'join' ? this.#instances++ : Math.max(...this.#cluster.running);
    const begin = (): void => {
      if (change === 'join') this.#cluster.start(number);
      else this.#cluster.leave(number);
    };
    if (this.#cluster.lag() === 0) begin();
    else
      this.#cluster.script.add({
        name: `rebalance (${change})`,
        request: this.#guarantee === 'exactly-once' ? 'txn-offset-commit' : 'offset-commit',
        meanwhile: async () => {
          begin();
          await turn();
        },
      });
  }

  /**
   * The next transaction that commits input is aborted: its outputs are in the log and never read, and its input is
   * processed again.
   */
  abort(): void {
    if (this.#guarantee !== 'exactly-once')
      throw unknown('There are no transactions with the guarantee at-least-once; say failNext instead.');
    const { script } = this.#cluster;
    // A transaction of nothing but ticks commits no offsets.
    const request = 'txn-offset-commit';
    script.add({ name: 'abort', request, meanwhile: () => this.failNext('end-txn', 'unavailable') });
  }

  /** The next such request of an instance goes wrong. `commit` is the one that decides, whatever the guarantee. */
  failNext(request: Request | 'commit', fault: TestFault): void {
    const decides = this.#guarantee === 'exactly-once' ? 'end-txn' : 'offset-commit';
    const name = `${fault} of ${request}`;
    this.#cluster.script.add({ name, request: request === 'commit' ? decides : request, fault });
  }

  /**
   * Stops the instances in good order.
   * @throws what ended one of them; StreamsError `fault-not-met` when something that a test asked for never happened.
   */
  async close(): Promise<void> {
    await this.#cluster.close();
    const { left } = this.#cluster.script;
    if (left.length > 0) throw new StreamsError('fault-not-met', `It never came to: ${left.join(', ')}.`);
  }

  *#entries(store: Store<unknown>): Generator<readonly [string, Uint8Array]> {
    const names = this.#topology.nodes.flatMap((node) => (node.kind === 'fold' ? [node.store.name] : []));
    if (!names.includes(store.name))
      throw unknown(`The topology has no store ${store.name}; it has ${names.join(', ') || 'none'}.`);
    for (const task of this.#cluster.tasks) yield* task.stores.get(store.name)?.entries() ?? [];
  }
}

const unknown = (what: string): StreamsError => new StreamsError('configuration', what);
