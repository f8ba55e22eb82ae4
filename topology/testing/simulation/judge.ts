import type { MemoryBroker } from '../../../connectors/memory/broker.ts';
import type { UnreliableSnapshotStore } from '../../../connectors/memory/simulation/snapshot-store.ts';
import type { RepartitionNode, Topology } from '../../dsl/nodes.ts';
import { subTopologies } from '../../dsl/sub-topologies.ts';
import type { KafkaRecord } from '../../model/record.ts';
import { partitionKey, type TopicPartition } from '../../ports/kafka-driver.ts';
import type { Guarantee } from '../../runtime/settings.ts';
import { ExpectedAtLeast } from './expected-at-least.ts';
import { type Expectations, ExpectedOutputs } from './expected-outputs.ts';
import { Reference } from './reference.ts';
import { Violation } from './violation.ts';

const ALL = Number.POSITIVE_INFINITY;

export interface JudgeSettings {
  readonly topology: Topology;
  readonly broker: MemoryBroker;
  readonly application: string;
  readonly partitions: number;
  readonly deadLetters: string;
  readonly snapshots: UnreliableSnapshotStore;
  readonly guarantee: Guarantee;
}

/**
 * Holds a simulated cluster to its word, step by step: what is committed is the fold of the committed input, each
 * output once and in the order of its key; the state hash that was committed is the one of that fold; no snapshot is
 * newer than what is committed.
 */
export class Judge {
  readonly #settings: JudgeSettings;
  readonly #references: readonly Reference[];
  readonly #expected: Expectations;
  readonly #seen = new Map<string, number>();
  #looked = -1;
  readonly #outputs: readonly TopicPartition[];
  readonly #inputs: readonly TopicPartition[];
  readonly #ticked = new Map<
    string,
    NonNullable<RepartitionNode['ticks']> & { decode: (b: Uint8Array) => unknown }
  >();
  /** State hashes by task and offset. */
  readonly #hashes = new Map<string, string>();

  constructor(settings: JudgeSettings) {
    this.#settings = settings;
    const { topology, broker, partitions, deadLetters, guarantee } = settings;
    this.#expected = guarantee === 'exactly-once' ? new ExpectedOutputs() : new ExpectedAtLeast();
    const subs = subTopologies(topology);
    const all = (topic: string): TopicPartition[] =>
      Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
    this.#references = subs.flatMap((sub) =>
      Array.from(
        { length: partitions },
        (_, partition) => new Reference(broker, sub, partition, deadLetters),
      ),
    );
    this.#inputs = this.#references.flatMap(({ inputs }) => inputs);
    const written = new Set([...subs.flatMap(({ sinks }) => sinks.map(({ name }) => name)), deadLetters]);
    this.#outputs = [...written].flatMap(all);
    for (const { entries } of subs) {
      for (const entry of entries)
        if (entry.kind === 'repartition' && entry.ticks !== undefined)
          this.#ticked.set(entry.topic.name, {
            ...entry.ticks,
            decode: (bytes) => entry.topic.value.decode(bytes),
          });
    }
  }

  /** Input that is not committed, in records and control records. */
  get lag(): number {
    const committed = this.#committed();
    let lag = 0;
    for (const at of this.#inputs)
      lag += this.#settings.broker.log(at).end - (committed.get(partitionKey(at))?.offset ?? 0);
    return lag;
  }

  /** Looks at what is new. Says nothing while a decided transaction is half written. @throws Violation */
  check(): void {
    const { broker } = this.#settings;
    if (broker.changes === this.#looked || broker.state.transactions.pendingMarkers().length > 0) return;
    this.#looked = broker.changes;
    this.#fold();
    let open = false;
    for (const at of this.#outputs) {
      this.#read(at);
      open ||= broker.log(at).stableEnd < broker.log(at).end;
    }
    // Behind an open transaction stands what is committed and cannot be read yet.
    if (!open) this.#expected.assertNoneLeft();
  }

  /** The last look, when nothing is to come any more. @throws Violation */
  async end(): Promise<void> {
    this.check();
    const { broker, snapshots } = this.#settings;
    if (broker.state.transactions.pendingMarkers().length > 0)
      throw new Violation('Markers are still to be written.');
    this.#expected.assertNoneLeft();
    const committed = this.#committed();
    for (const key of snapshots.keys) {
      const snapshot = await snapshots.load(key);
      const reference = this.#references.find(({ task }) => task.id === key.task);
      const at = reference?.inputs[0];
      if (snapshot === undefined || at === undefined) continue;
      const { offset, stateHash } = snapshot.header;
      if (offset > (committed.get(partitionKey(at))?.offset ?? 0))
        throw new Violation(`The snapshot of ${key.task} is of offset ${offset}, which is not committed.`);
      const known = this.#hashes.get(`${key.task} ${offset}`);
      if (known !== undefined && known !== stateHash)
        throw new Violation(`The snapshot of ${key.task} at ${offset} has state ${stateHash}, not ${known}.`);
    }
  }

  #fold(): void {
    const committed = this.#committed();
    for (const reference of this.#references) {
      for (const at of reference.inputs) {
        const said = committed.get(partitionKey(at));
        if (said === undefined) continue;
        const { task } = reference;
        for (const [topic, record] of reference.advance(at, said.offset)) {
          this.#expected.expect(`${task.id} of ${at.topic}`, topic, record);
        }
        if (task.stateful) this.#compareHash(task.id, said.offset, said.metadata, task.stateHash);
      }
    }
  }

  #compareHash(task: string, offset: number, metadata: string, hash: string): void {
    if (this.#hashes.has(`${task} ${offset}`)) return;
    this.#hashes.set(`${task} ${offset}`, hash);
    if (!metadata.includes(hash))
      throw new Violation(
        `Task ${task} committed ${metadata} at ${offset}; the fold of its input has ${hash}.`,
      );
  }

  #read(at: TopicPartition): void {
    const key = partitionKey(at);
    const from = this.#seen.get(key) ?? 0;
    const { records, nextOffset } = this.#settings.broker.log(at).read(from, ALL, ALL, { committed: true });
    this.#seen.set(key, nextOffset);
    for (const record of records) {
      if (this.#isTick(at.topic, record)) continue;
      this.#expected.saw(at.topic, record, `${key}@${record.offset}`);
    }
  }

  #isTick(topic: string, { key, value }: KafkaRecord): boolean {
    const ticks = this.#ticked.get(topic);
    return key === null && value !== null && ticks?.timeOf(ticks.decode(value)) !== undefined;
  }

  #committed(): ReturnType<MemoryBroker['committedOf']> {
    return this.#settings.broker.committedOf(this.#settings.application, this.#inputs);
  }
}
