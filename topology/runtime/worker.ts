import { isStreamsError, StreamsError } from '../model/errors.ts';
import { assertValid } from '../dsl/validate.ts';
import { topologyHash } from '../dsl/hash.ts';
import { type SubTopology, subTopologies } from '../dsl/sub-topologies.ts';
import type { Assignment, Batch, CommittedOffset, ConsumerPort, TopicPartition, TransactionPort } from '../ports/kafka-driver.ts';
import { partitionKey } from '../ports/kafka-driver.ts';
import { Commit } from './commit.ts';
import { Outbox } from './outbox.ts';
import { restore } from './restore.ts';
import { LIMITS, type Limits, telemetryOf, type WorkerSettings } from './settings.ts';
import { Snapshots } from './snapshots.ts';
import { Task } from './task.ts';
import { Ticker } from './ticker.ts';

/** What a worker owns since the last rebalance. Its identity is checked after every await. */
interface Owned {
  readonly assignment: Assignment;
  readonly tasks: ReadonlyMap<string, Task>;
}

/**
 * One member of the consumer group: polls, runs the batch through its tasks, commits outputs and offsets in one
 * transaction, and only then lets the overlay become the state. Asynchrony stands at batch edges alone.
 */
export class Worker {
  readonly #settings: WorkerSettings;
  readonly #limits: Limits;
  readonly #subs: readonly SubTopology[];
  readonly #hash: string;
  readonly #consumer: ConsumerPort;
  readonly #outbox = new Outbox();
  readonly #ticker: Ticker;
  readonly #snapshots: Snapshots;
  #transactions: TransactionPort;
  #partitions: ReadonlyMap<string, number> = new Map();
  #owned: Owned | undefined;
  #uncommitted = 0;
  #lastCommit = 0;
  #stopping = false;
  #crashed = false;
  #running: Promise<void> | undefined;

  constructor(settings: WorkerSettings) {
    assertValid(settings.topology);
    this.#settings = settings;
    this.#limits = { ...LIMITS, ...settings.limits };
    this.#subs = subTopologies(settings.topology);
    this.#hash = topologyHash(settings.topology);
    this.#consumer = settings.driver.consumer({ groupId: settings.application, instanceId: settings.slot });
    this.#transactions = this.#newTransactions();
    this.#ticker = new Ticker(settings.topology);
    this.#snapshots = new Snapshots(settings.snapshots, settings.application, this.#hash, this.#limits.snapshotRecords);
  }

  /** Joins the group and works until `stop`. Rejects when it cannot go on. */
  run(): Promise<void> {
    this.#running ??= this.#work();
    return this.#running;
  }

  /** Commits what is processed, saves snapshots, leaves the group. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running?.catch(() => {});
  }

  /** Ends at once, as a killed process would: nothing is committed, nothing is said. */
  async crash(): Promise<void> {
    this.#crashed = true;
    this.#stopping = true;
    await this.#consumer.close();
    await this.#running?.catch(() => {});
  }

  /** Tasks owned now, for queries. */
  get tasks(): readonly Task[] {
    return [...(this.#owned?.tasks.values() ?? [])];
  }

  async #work(): Promise<void> {
    const topics = [...new Set(this.#subs.flatMap((sub) => sub.sources.map(({ name }) => name)))];
    this.#partitions = await this.#settings.driver.admin().partitions(topics);
    await this.#transactions.init();
    await this.#consumer.subscribe(topics, {
      onAssigned: (assignment) => this.#assigned(assignment),
      onRevoked: () => this.#revoked(),
    });
    while (!this.#stopping) {
      const batches = await this.#consumer.poll({
        maxRecords: this.#limits.pollRecords,
        maxBytes: this.#limits.pollBytes,
        waitMs: this.#uncommitted > 0 ? 0 : this.#limits.pollWait,
      });
      if (this.#crashed) return;
      await this.#take(batches);
    }
    if (this.#crashed) return;
    await this.#revoked();
    await this.#consumer.close();
    await this.#transactions.close();
  }

  async #take(batches: readonly Batch[]): Promise<void> {
    const owned = this.#owned;
    if (owned === undefined) return;
    const now = this.#settings.clock.now();
    let polled = 0;
    for (const batch of batches) {
      const task = owned.tasks.get(partitionKey(batch));
      if (task === undefined) continue;
      task.process(batch, now);
      polled += batch.records.length;
      telemetryOf(this.#settings).consumed(batch.topic, batch.records.length);
    }
    this.#uncommitted += polled;
    const ticked = this.#ticker.write(now, owned.assignment.partitions, this.#partitions, this.#outbox);
    const behind = polled >= this.#limits.pollRecords;
    const due = now - this.#lastCommit >= this.#limits.commitInterval || this.#uncommitted >= this.#limits.uncommittedRecords;
    if ((this.#uncommitted > 0 || ticked) && (!behind || due || this.#tellsOthers())) await this.#commit(owned);
  }

  /** Whether an output waits that somebody else is to read: it is committed at once. */
  #tellsOthers(): boolean {
    return this.#subs.some((sub) => sub.exits.some((exit) => exit.kind === 'sink' && this.#outbox.has(exit.topic.name)));
  }

  async #commit(owned: Owned): Promise<void> {
    const began = this.#settings.clock.now();
    const tasks = [...new Set(owned.tasks.values())];
    const commit = new Commit(this.#transactions, this.#hash);
    try {
      const outcome = await commit.run(this.#outbox.drain(), tasks, owned.assignment.generation);
      if (outcome === 'nothing') return;
    } catch (error) {
      await this.#undo(owned, commit, error);
      return;
    }
    if (this.#owned !== owned) return;
    this.#settled(tasks, began);
    await this.#snapshots.after(tasks, commit.offsets);
  }

  #settled(tasks: readonly Task[], began: number): void {
    for (const task of tasks) {
      task.promote();
      task.next.clear();
    }
    telemetryOf(this.#settings).committed(this.#uncommitted, this.#settings.clock.now() - began);
    this.#uncommitted = 0;
    this.#lastCommit = this.#settings.clock.now();
  }

  /**
   * The commit failed, or nobody knows. The overlay goes; the base is intact. A lost answer is settled by the
   * committed offsets: equal to ours means that the transaction stands.
   */
  async #undo(owned: Owned, commit: Commit, error: unknown): Promise<void> {
    const code = isStreamsError(error) ? error.code : undefined;
    if (code !== 'fenced' && code !== 'commit-unknown' && code !== 'not-assigned' && !(isStreamsError(error) && error.retry)) {
      await this.#transactions.abort().catch(() => {});
    }
    telemetryOf(this.#settings).aborted(code ?? 'unexpected');
    const tasks = [...new Set(owned.tasks.values())];
    this.#transactions = this.#newTransactions();
    await this.#transactions.init();
    const committed = await this.#consumer.committed(owned.assignment.partitions);
    if (this.#owned !== owned) return;
    if (code === 'commit-unknown' && commit.stands(committed)) {
      this.#settled(tasks, this.#settings.clock.now());
      return;
    }
    for (const task of tasks) task.discard();
    this.#uncommitted = 0;
    this.#rewind(owned.assignment.partitions, committed);
    if (code === undefined) throw error;
  }

  #rewind(partitions: readonly TopicPartition[], committed: ReadonlyMap<string, CommittedOffset>): void {
    for (const at of partitions) this.#consumer.seek(at, committed.get(partitionKey(at))?.offset ?? 0);
  }

  async #assigned(assignment: Assignment): Promise<void> {
    const tasks = new Map<string, Task>();
    const owned: Owned = { assignment, tasks };
    this.#owned = owned;
    this.#uncommitted = 0;
    this.#outbox.drain();
    const committed = await this.#consumer.committed(assignment.partitions);
    for (const at of assignment.partitions) {
      const sub = this.#subs.find(({ sources }) => sources.some(({ name }) => name === at.topic));
      if (sub === undefined) continue;
      const shared = [...tasks.values()].find(({ id }) => id === `${sub.index}_${at.partition}`);
      const task = shared ?? this.#newTask(sub, at.partition);
      tasks.set(partitionKey(at), task);
      if (task.stateful) await this.#restore(task, at, committed.get(partitionKey(at)), owned);
      if (this.#owned !== owned) return;
    }
    this.#rewind(assignment.partitions, committed);
  }

  async #restore(task: Task, at: TopicPartition, committed: CommittedOffset | undefined, owned: Owned): Promise<void> {
    const began = this.#settings.clock.now();
    const key = { application: this.#settings.application, task: task.id };
    const restored = await restore(task, at, committed, {
      driver: this.#settings.driver,
      snapshots: this.#settings.snapshots,
      key,
      topologyHash: this.#hash,
      stillOwned: () => this.#owned === owned,
    });
    await this.#snapshots.begin(task, restored.snapshotOffset !== undefined);
    telemetryOf(this.#settings).restored(task.id, restored.entries, restored.replayed, this.#settings.clock.now() - began);
  }

  async #revoked(): Promise<void> {
    const owned = this.#owned;
    if (owned === undefined) return;
    if (this.#uncommitted > 0) await this.#commit(owned);
    await this.#snapshots.flush([...new Set(owned.tasks.values())]);
    this.#owned = undefined;
    for (const task of new Set(owned.tasks.values())) task.close();
    this.#outbox.drain();
    this.#uncommitted = 0;
  }

  #newTask(sub: SubTopology, partition: number): Task {
    return new Task(sub, partition, this.#outbox, {
      deadLetters: this.#settings.deadLetters,
      snapshots: this.#settings.snapshots !== undefined,
      telemetry: telemetryOf(this.#settings),
    });
  }

  #newTransactions(): TransactionPort {
    const { driver, application, slot } = this.#settings;
    if (!driver.capabilities.transactions) {
      throw new StreamsError('capability-missing', `Driver ${driver.name} has no transactions, which exactly once needs.`);
    }
    return driver.transactions({ transactionalId: `${application}-${slot}`, timeout: this.#limits.transactionTimeout });
  }
}
