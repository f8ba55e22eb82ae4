import type { EntryNode, SubTopology } from '../dsl/sub-topologies.ts';
import type { Codec } from '../model/codec.ts';
import { DeadLetter } from '../model/outcome.ts';
import type { KafkaRecord, Position } from '../model/record.ts';
import type { Batch } from '../ports/kafka-driver.ts';
import type { SnapshotChange } from '../ports/snapshot-store.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { causedBy } from './cause-header.ts';
import { deadLetterRecord, nameOf, reasonOf } from './dead-letter-record.ts';
import { Graph } from './graph.ts';
import { keyBytes, keyText, spells } from './key-text.ts';
import type { Outbox } from './outbox.ts';
import { type Push, StepFailure } from './step-failure.ts';
import { TaskStore } from './task-store.ts';
import { type Unread, unreadOf } from './unread.ts';
import { Verdicts } from './verdicts.ts';

export interface TaskOptions {
  readonly deadLetters: string;
  /** Keep track of what a snapshot must save. */
  readonly snapshots: boolean;
  readonly telemetry: Telemetry;
}

/** A topic that the task reads, and where its values go. */
interface Input {
  readonly entry: EntryNode;
  readonly codec: Codec<unknown>;
  readonly push: Push;
}

/**
 * One partition of one sub-topology: its graph, its stores, and where it stands in its input.
 * A record is all or nothing: when a step throws, what the record did to states and outputs is taken back and the
 * record becomes a dead letter.
 */
export class Task {
  readonly id: string;
  readonly partition: number;
  readonly stores: ReadonlyMap<string, TaskStore>;
  /** Offset to go on from, by topic, once what is processed is committed. */
  readonly next: Map<string, number> = new Map();
  readonly #inputs = new Map<string, Input>();
  readonly #graph: Graph;
  readonly #outbox: Outbox;
  readonly #options: TaskOptions;
  /** The stores in a list: a record begins in each of them. */
  readonly #stores: readonly TaskStore[];
  readonly #verdicts: Verdicts;
  /** What is being worked on. */
  #batch: Batch | undefined;
  #record: KafkaRecord | undefined;
  #now = 0;

  constructor(sub: SubTopology, partition: number, outbox: Outbox, options: TaskOptions) {
    this.id = `${sub.index}_${partition}`;
    this.partition = partition;
    this.#outbox = outbox;
    this.#options = options;
    this.#verdicts = new Verdicts(options.telemetry);
    this.stores = new Map(sub.stores.map(({ name }) => [name, new TaskStore(name, options.snapshots)]));
    this.#stores = [...this.stores.values()];
    this.#graph = new Graph(sub, {
      verdict: (step, verdict) =>
        this.#verdict(step, verdict instanceof DeadLetter ? verdict : verdict.reason),
      emit: (topic, key, value, cause) => {
        const record = { key: keyBytes(key), value, timestamp: this.#now };
        outbox.add(topic, cause === undefined ? record : { ...record, headers: causedBy(cause) });
      },
      store: (name) => this.stores.get(name) as TaskStore,
    });
    for (const entry of sub.entries) {
      const push = this.#graph.behind(entry.name);
      for (const { name, value: codec } of entry.kind === 'source' ? entry.topics : [entry.topic])
        this.#inputs.set(name, { entry, codec, push });
    }
  }

  get stateful(): boolean {
    return this.stores.size > 0;
  }

  /** Runs a batch through the graph, up to a record that cannot be read yet. `now` stamps the outputs, epoch milliseconds. */
  process(batch: Batch, now: number, silent = false): Unread | undefined {
    const input = this.#inputs.get(batch.topic);
    if (input === undefined) return undefined;
    this.#now = now;
    this.#batch = batch;
    this.#graph.silent = silent;
    const { entry } = input;
    for (const record of batch.records) {
      this.#record = record;
      this.#begin();
      try {
        if (entry.kind === 'source') this.#source(batch, record, input);
        else this.#keyed(batch, record, input, entry);
      } catch (error) {
        const unread = unreadOf(record, error, input.codec);
        if (unread !== undefined) {
          this.#undo();
          this.next.set(batch.topic, record.offset);
          return unread;
        }
        this.#fail(error, entry.name);
      }
    }
    this.next.set(batch.topic, batch.nextOffset);
    // Until the next batch comes the task would hold on to all that this one was unpacked from.
    [this.#batch, this.#record] = [undefined, undefined];
    return undefined;
  }

  #begin(): void {
    for (const store of this.#stores) store.begin();
    this.#verdicts.mark();
    this.#outbox.mark();
  }

  /** Takes back everything since `#begin`; what is left of it is a dead letter. */
  #fail(error: unknown, entry: string): void {
    this.#undo();
    this.#begin();
    const { step, cause } = error instanceof StepFailure ? error : { step: entry, cause: error };
    this.#verdict(step, new DeadLetter(reasonOf(cause), `${nameOf(cause)} in ${step}`));
  }

  #undo(): void {
    this.#outbox.rollback();
    this.#verdicts.rollback();
    for (const store of this.#stores) store.rollback();
  }

  #source({ topic, partition }: Batch, record: KafkaRecord, { codec, push }: Input): void {
    const { offset, timestamp, key, headers } = record;
    const value = record.value === null ? null : codec.decode(record.value);
    this.#graph.current.key = '';
    push(
      headers === undefined
        ? { topic, partition, offset, timestamp, key, value }
        : { topic, partition, offset, timestamp, key, value, headers },
    );
  }

  #keyed(
    { topic, partition }: Batch,
    record: KafkaRecord,
    { codec, push }: Input,
    entry: Extract<EntryNode, { kind: 'repartition' }>,
  ): void {
    const { current } = this.#graph;
    current.position = { topic, partition, offset: record.offset };
    current.timestamp = record.timestamp;
    if (record.value === null) {
      this.#verdict(entry.name, 'tombstone');
      return;
    }
    const value = codec.decode(record.value);
    if (record.key === null) {
      const tick = entry.ticks?.timeOf(value);
      if (tick === undefined)
        this.#verdict(
          entry.name,
          new DeadLetter('missing-key', 'a record of a repartition topic has no key and is no tick'),
        );
      else this.#graph.tick(tick, (work) => this.#attempt(work, entry.name));
      return;
    }
    // The value tells its key again, as a string that is likely to be known already: cheaper than a new one.
    const key = entry.keyOf(value);
    current.key = spells(record.key, key) ? key : keyText(record.key);
    push(value);
  }

  #attempt(work: () => void, entry: string): boolean {
    this.#begin();
    try {
      work();
      return true;
    } catch (error) {
      this.#fail(error, entry);
      return false;
    }
  }

  #verdict(step: string, verdict: DeadLetter | string): void {
    this.#verdicts.add(step, verdict);
    if (typeof verdict === 'string') return;
    const batch = this.#batch;
    const record = this.#record;
    if (batch === undefined || record === undefined) return;
    const at: Position = { topic: batch.topic, partition: batch.partition, offset: record.offset };
    this.#outbox.add(this.#options.deadLetters, deadLetterRecord(record, at, step, verdict, this.#now));
  }

  /** Takes a key's state from a snapshot. */
  load(store: string, key: string, state: Uint8Array): void {
    this.#begin();
    this.stores.get(store)?.put(key, state);
    this.#graph.loaded(store, key, state);
  }

  /** Runs a batch that is committed already: states change, nothing is told or written; `silent`: nor made, so it cannot fail there. */
  replay(batch: Batch, silent: boolean): Unread | undefined {
    const unread = this.process(batch, 0, silent);
    this.#outbox.drain();
    this.#verdicts.forget();
    this.promote();
    return unread;
  }

  /** The commit stands: the overlay becomes the state, and what was decided is told. */
  promote(): void {
    this.next.clear();
    for (const store of this.stores.values()) store.promote();
    this.#verdicts.tell();
  }

  /** The commit does not stand: everything since the last one is forgotten. */
  discard(): void {
    for (const store of this.stores.values()) store.discard();
    this.#verdicts.forget();
    this.next.clear();
  }

  /** Hash of all stores, with what is not yet committed. */
  get stateHash(): string {
    return [...this.stores.values()].map((store) => store.hash).join('-');
  }

  /** Hash of all stores as they were committed: a snapshot's. */
  get committedHash(): string {
    return [...this.stores.values()].map((store) => store.committedHash).join('-');
  }

  /** Whether `topic/partition` is input of this task. */
  reads(at: string): boolean {
    const slash = at.lastIndexOf('/');
    return at.slice(slash + 1) === String(this.partition) && this.#inputs.has(at.slice(0, slash));
  }

  /** Committed changes since the last call, of all stores. */
  *unsaved(): Generator<SnapshotChange> {
    for (const store of this.stores.values())
      for (const [key, state] of store.unsaved()) yield [store.name, key, state];
  }

  close(): void {
    this.#graph.close();
  }
}
