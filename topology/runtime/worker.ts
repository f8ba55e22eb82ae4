import { topologyHash } from '../dsl/hash.ts';
import { type SubTopology, subTopologies } from '../dsl/sub-topologies.ts';
import { assertValid } from '../dsl/validate.ts';
import { StreamsError } from '../model/errors.ts';
import type { Assignment, Batch, ConsumerPort } from '../ports/kafka-driver.ts';
import type { Commit } from './commit.ts';
import { Commits } from './commits.ts';
import { Outbox } from './outbox.ts';
import { Owned } from './owned.ts';
import { LIMITS, type Limits, telemetryOf, type WorkerSettings } from './settings.ts';
import { Snapshots } from './snapshots.ts';
import { Takeover } from './takeover.ts';
import type { Task } from './task.ts';
import { Ticker } from './ticker.ts';

/**
 * One member of the consumer group: polls, runs the batch through its tasks, commits outputs and offsets in one
 * transaction, and only then lets the overlay become the state. Asynchrony stands at batch edges alone.
 */
export class Worker {
  readonly #settings: WorkerSettings;
  readonly #limits: Limits;
  readonly #subs: readonly SubTopology[];
  readonly #consumer: ConsumerPort;
  readonly #commits: Commits;
  readonly #outbox = new Outbox();
  readonly #ticker: Ticker | undefined;
  readonly #snapshots: Snapshots;
  readonly #takeover: Takeover;
  #partitions: ReadonlyMap<string, number> = new Map();
  #owned: Owned | undefined;
  #uncommitted = 0;
  #lastCommit = 0;
  #stopping = false;
  #crashed = false;
  #running: Promise<void> | undefined;

  /** @throws StreamsError `topology-invalid`; `capability-missing` when the driver has no transactions. */
  constructor(settings: WorkerSettings) {
    const { topology, driver, application, slot, snapshots: store, ticks } = settings;
    assertValid(topology);
    if (!driver.capabilities.transactions) {
      throw new StreamsError(
        'capability-missing',
        `Driver ${driver.name} has no transactions, which exactly once needs.`,
      );
    }
    this.#settings = settings;
    this.#limits = { ...LIMITS, ...settings.limits };
    this.#subs = subTopologies(topology);
    this.#consumer = driver.consumer({ groupId: application, instanceId: slot });
    this.#ticker = ticks === false ? undefined : new Ticker(topology);
    const { transactionTimeout: timeout, snapshotRecords: everyRecords } = this.#limits;
    const shared = {
      application,
      telemetry: telemetryOf(settings),
      topologyHash: topologyHash(topology),
      consumer: this.#consumer,
    };
    this.#snapshots = new Snapshots({ ...shared, store, everyRecords });
    this.#takeover = new Takeover({
      ...shared,
      worker: settings,
      subs: this.#subs,
      snapshots: this.#snapshots,
      outbox: this.#outbox,
    });
    this.#commits = new Commits({
      ...shared,
      clock: settings.clock,
      transactions: () => driver.transactions({ transactionalId: `${application}-${slot}`, timeout }),
      stillOwned: (owned) => this.#owned === owned,
      outputs: () => this.#outbox.drain(),
      settled: (owned, commit, began) => this.#settled(owned, commit, began),
      dropped: (owned, committed) => {
        this.#drop();
        return this.#takeover.rewind(owned, committed, () => this.#owned === owned);
      },
    });
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
    this.#owned = undefined;
    await this.#consumer.close();
    await this.#running?.catch(() => {});
  }

  /** Tasks owned now, for queries. */
  get tasks(): readonly Task[] {
    return this.#owned?.tasks ?? [];
  }

  async #work(): Promise<void> {
    try {
      await this.#loop();
    } catch (error) {
      if (this.#crashed) return;
      this.#drop();
      this.#owned = undefined;
      // A member that does not work must not hold partitions.
      await Promise.allSettled([this.#consumer.close(), this.#commits.close()]);
      throw error;
    }
  }

  async #loop(): Promise<void> {
    const topics = [...new Set(this.#subs.flatMap((sub) => sub.sources.map(({ name }) => name)))];
    this.#partitions = await this.#settings.driver.admin().partitions(topics);
    const missing = topics.filter((topic) => !this.#partitions.has(topic));
    if (missing.length > 0)
      throw new StreamsError('configuration', `There is no topic ${missing.join(', ')}.`);
    await this.#commits.open();
    // Ended before it began: a member that joins now would hold partitions and never poll.
    if (this.#crashed) return;
    await this.#consumer.subscribe(topics, {
      onAssigned: (assignment) => this.#assigned(assignment),
      onRevoked: () => this.#revoked(),
    });
    while (!this.#stopping) {
      const maxRecords = Math.min(
        this.#limits.pollRecords,
        this.#limits.uncommittedRecords - this.#uncommitted,
      );
      const batches = await this.#consumer.poll({
        maxRecords,
        maxBytes: this.#limits.pollBytes,
        waitMs: this.#uncommitted > 0 ? 0 : this.#limits.pollWait,
      });
      await this.#take(batches, maxRecords);
    }
    if (this.#crashed) return;
    await this.#revoked();
    await this.#consumer.close();
    await this.#commits.close();
  }

  async #take(batches: readonly Batch[], asked: number): Promise<void> {
    const owned = this.#owned;
    if (owned === undefined) return;
    const now = this.#settings.clock.now();
    let polled = 0;
    for (const batch of batches) {
      const task = owned.taskOf(batch);
      if (task === undefined) continue;
      task.process(batch, now);
      polled += batch.records.length;
      telemetryOf(this.#settings).consumed(batch.topic, batch.records.length);
    }
    this.#uncommitted += polled;
    const { partitions } = owned.assignment;
    const ticked = this.#ticker?.write(now, partitions, this.#partitions, this.#outbox) === true;
    // A batch without records is a step over control records: it is committed too, or the lag never ends.
    if (batches.length === 0 && this.#uncommitted === 0 && !ticked) return;
    const behind = polled >= asked;
    const due =
      now - this.#lastCommit >= this.#limits.commitInterval ||
      this.#uncommitted >= this.#limits.uncommittedRecords;
    if (!behind || due || this.#tellsOthers()) await this.#commits.run(owned);
  }

  /** Whether an output waits that somebody else is to read: it is committed at once. */
  #tellsOthers(): boolean {
    return this.#subs.some((sub) =>
      sub.exits.some((exit) => exit.kind === 'sink' && this.#outbox.has(exit.topic.name)),
    );
  }

  async #settled(owned: Owned, { outputs, offsets }: Commit, began: number): Promise<void> {
    const telemetry = telemetryOf(this.#settings);
    for (const task of owned.tasks) task.promote();
    this.#ticker?.settle();
    for (const [topic, records] of outputs) telemetry.produced(topic, records.length);
    this.#lastCommit = this.#settings.clock.now();
    telemetry.committed(this.#uncommitted, this.#lastCommit - began);
    this.#uncommitted = 0;
    await this.#snapshots.after(owned.tasks, offsets);
  }

  /** Forgets what is processed and not committed. */
  #drop(): void {
    for (const task of this.#owned?.tasks ?? []) task.discard();
    this.#outbox.drain();
    this.#ticker?.discard();
    this.#uncommitted = 0;
  }

  async #assigned(assignment: Assignment): Promise<void> {
    if (this.#crashed) return;
    this.#drop();
    const owned = new Owned(assignment);
    this.#owned = owned;
    try {
      await this.#takeover.run(owned, () => this.#owned === owned);
    } catch (error) {
      // Of an assignment that is gone nothing is wanted any more.
      if (this.#owned === owned) throw error;
    }
  }

  /** Commits and saves what is given up, within a limit: a member that holds on for longer is taken for dead. */
  async #revoked(): Promise<void> {
    const owned = this.#owned;
    if (owned === undefined) return;
    const inTime = new AbortController();
    const handedOver = this.#handOver(owned).then(() => true);
    const timedOut = this.#settings.clock.sleep(this.#limits.revokeTimeout, inTime.signal).then(() => false);
    try {
      if (!(await Promise.race([handedOver, timedOut]))) {
        telemetryOf(this.#settings).aborted('revoke-timeout');
        this.#commits.abandon();
      }
    } finally {
      inTime.abort();
    }
    this.#drop();
    this.#owned = undefined;
    owned.close();
  }

  async #handOver(owned: Owned): Promise<void> {
    await this.#commits.run(owned);
    if (this.#owned === owned) await this.#snapshots.flush(owned.tasks);
  }
}
