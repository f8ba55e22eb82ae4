import { topologyHash } from '../dsl/hash.ts';
import { type SubTopology, subTopologies } from '../dsl/sub-topologies.ts';
import { assertValid } from '../dsl/validate.ts';
import { isStreamsError } from '../model/errors.ts';
import type { AfterClose, Assignment, Batch, ConsumerPort, PolledBatch } from '../ports/kafka-driver.ts';
import { abandonedOf } from './abandoned.ts';
import type { Commit } from './commit.ts';
import { Commits } from './commits.ts';
import { type Transactions, transactionsOf } from './guarantee.ts';
import { HandOver } from './hand-over.ts';
import { Owned } from './owned.ts';
import { Pace } from './pace.ts';
import { Parking } from './parking.ts';
import { Patience } from './patience.ts';
import { assertOrdered, LIMITS, type Limits, telemetryOf, type WorkerSettings } from './settings.ts';
import { Snapshots } from './snapshots.ts';
import { Takeover } from './takeover.ts';
import type { Task } from './task.ts';
import { Ticker } from './ticker.ts';
import { partitionsOf, topicsRead, topicsTold } from './topics-read.ts';

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
  readonly #transactions: Transactions;
  readonly #ticker: Ticker | undefined;
  readonly #snapshots: Snapshots;
  readonly #takeover: Takeover;
  readonly #handOver: HandOver;
  readonly #patience: Patience;
  readonly #pace: Pace;
  readonly #parking: Parking;
  #owned: Owned | undefined;
  #stopping = false;
  #membership: AfterClose = 'leave';
  #running: Promise<void> | undefined;

  /** @throws StreamsError `topology-invalid`; `capability-missing`; `configuration` when time-outs contradict each other. */
  constructor(settings: WorkerSettings) {
    const { topology, driver, application, slot, snapshots: store, ticks } = settings;
    assertValid(topology);
    this.#settings = settings;
    this.#limits = { ...LIMITS, ...settings.limits };
    assertOrdered(this.#limits);
    this.#pace = new Pace(this.#limits);
    this.#subs = subTopologies(topology);
    const { sessionTimeout, rebalanceTimeout, snapshotRecords, snapshotInterval: interval } = this.#limits;
    const patience = { sessionTimeout, rebalanceTimeout };
    this.#consumer = driver.consumer({ groupId: application, instanceId: slot, ...patience });
    this.#patience = new Patience(settings.clock, telemetryOf(settings));
    this.#ticker = ticks === false ? undefined : new Ticker(topology);
    const shared = {
      application,
      telemetry: telemetryOf(settings),
      topologyHash: topologyHash(topology),
      consumer: this.#consumer,
      clock: settings.clock,
      stillOwned: (owned: Owned): boolean => this.#owned === owned,
    };
    this.#parking = new Parking(shared);
    this.#snapshots = new Snapshots({ ...shared, store, everyRecords: snapshotRecords, interval });
    const keeping = { ...shared, snapshots: this.#snapshots };
    this.#transactions = transactionsOf(settings, this.#consumer, this.#limits.transactionTimeout);
    const abandoned = abandonedOf(settings, this.#transactions);
    this.#takeover = new Takeover({ ...keeping, abandoned, worker: settings, subs: this.#subs });
    this.#commits = new Commits({
      ...shared,
      take: (batch, owned) => this.#process(batch, owned),
      transactions: this.#transactions,
      settled: (commits, began) => this.#settled(commits, began),
      dropped: (owned, committed) => {
        this.#drop();
        this.#takeover.rewind(owned, committed, () => this.#owned === owned);
      },
    });
    this.#handOver = new HandOver({ ...keeping, commits: this.#commits, limit: this.#limits.revokeTimeout });
  }

  /** Joins the group and works until `stop`. Rejects when it cannot go on. */
  run(): Promise<void> {
    this.#running ??= this.#work();
    return this.#running;
  }

  /** Commits what is processed, saves snapshots, and leaves the group; or remains in it, as one that comes back under its slot. */
  async stop(membership: AfterClose = 'leave'): Promise<void> {
    this.#stopping = true;
    this.#membership = membership;
    await this.#running?.catch(() => {});
  }

  /** For who cannot wait for `stop`: an open transaction holds up its readers until its time-out, unless it is aborted. */
  async abort(): Promise<void> {
    this.#stopping = true;
    // A round that is under way must not go on behind the abort: it would commit its input without what came of it.
    this.#letGo();
    await this.#commits.abort();
  }

  /** It owns what the group gave it, with all state restored, and works on it. */
  get live(): boolean {
    return this.#owned?.phase === 'live';
  }

  /** Tasks owned now, for queries. */
  get tasks(): readonly Task[] {
    return this.#owned?.tasks ?? [];
  }

  async #work(): Promise<void> {
    try {
      await this.#join();
      while (!this.#stopping) {
        try {
          await this.#turn();
        } catch (error) {
          await this.#patience.after(error);
        }
      }
      await this.#revoked('rebalance');
      await this.#consumer.close(this.#membership);
      await this.#commits.close();
    } catch (error) {
      // In good order or not, it ends; the group finds out by itself that a member is gone.
      const onItsWayOut = this.#stopping && isStreamsError(error) && error.retry;
      this.#letGo();
      // A member that does not work must not hold partitions.
      const after = onItsWayOut ? this.#membership : 'leave';
      await Promise.allSettled([this.#consumer.close(after), this.#commits.close()]);
      if (!onItsWayOut) throw error;
    }
  }

  async #join(): Promise<void> {
    const topics = topicsRead(this.#subs);
    const patiently = <R>(work: () => Promise<R>): Promise<R> =>
      this.#patience.until(work, () => this.#stopping);
    // Also of what is written: the driver places keys by the numbers that it has seen first.
    const all = [...topics, ...topicsTold(this.#subs), this.#settings.deadLetters];
    await patiently(() => partitionsOf(this.#settings.driver.admin(), all));
    await patiently(() => this.#commits.open());
    await patiently(() =>
      this.#consumer.subscribe(topics, {
        onAssigned: (assignment) => this.#assigned(assignment),
        onRevoked: (_assignment, why) => this.#revoked(why),
        onRetrying: (code) => telemetryOf(this.#settings).retrying?.(code),
      }),
    );
  }

  /** One round: what stands in the way of work, or else the next batch. A stop does not wait for a restore. */
  async #turn(): Promise<void> {
    await this.#handOver.underWay;
    const owned = this.#owned;
    if (owned?.phase === 'taking-over') {
      // An own transaction that is still open would hold up the offsets that are read now.
      await this.#commits.open(owned);
      await this.#takeover.run(owned, () => this.#owned === owned && !this.#stopping);
      return;
    }
    if (owned?.phase === 'in-doubt') {
      await this.#commits.recover(owned);
      return;
    }
    const { pollBytes: maxBytes, pollWait } = this.#limits;
    const waitMs = this.#pace.uncommitted > 0 || owned?.moved === true ? 0 : pollWait;
    await this.#take(await this.#consumer.poll({ maxRecords: this.#pace.room, maxBytes, waitMs }));
  }

  async #take(batches: readonly PolledBatch[]): Promise<void> {
    const owned = this.#owned;
    if (owned === undefined || owned.phase !== 'live' || this.#handOver.underWay !== undefined) return;
    const now = this.#settings.clock.now();
    for (const batch of batches) {
      // What was asked for under another assignment may begin anywhere.
      if (batch.assignment !== owned.assignment || this.#parking.has(batch)) continue;
      owned.polled(batch);
      this.#process(batch, owned);
    }
    const ticked = this.#ticker?.write(now, owned) === true;
    if (!owned.moved && !ticked) return;
    const behind = batches.some(({ more }) => more);
    // A step over control records is committed too, or the lag never ends; but it may wait for what comes with the next poll.
    const stepped = batches.length > 0 && this.#pace.uncommitted === 0 && !ticked;
    if ((behind || stepped) && !this.#pace.due(now)) return;
    // Of a backlog nobody waits for what it leads to, which would lie in memory until then; without a transaction it would be doubled too.
    const carries = !owned.behind && this.#settings.guarantee !== 'at-least-once';
    await this.#commits.run(owned, carries ? 'carry' : 'fetch');
  }

  /** Runs a batch through its task; false when it stands still at one of its records. */
  #process(batch: Batch, owned: Owned): boolean {
    const now = this.#settings.clock.now();
    const unread = owned.taskOf(batch)?.process(batch, now);
    if (unread !== undefined) this.#parking.park(batch, unread);
    owned.took(batch);
    this.#pace.took(batch, this.#settings.clock.now() - now);
    telemetryOf(this.#settings).consumed(batch.topic, batch.records.length);
    return unread === undefined;
  }

  #settled(commits: readonly Commit[], began: number): void {
    const telemetry = telemetryOf(this.#settings);
    let committed = 0;
    for (const { scope, outputs, records } of commits) {
      for (const task of scope.tasks) task.promote();
      for (const [topic, { length }] of outputs) telemetry.produced(topic, length);
      committed += records;
    }
    this.#ticker?.settle(commits.map(({ scope }) => scope));
    const now = this.#settings.clock.now();
    for (const [topic, age] of this.#pace.ages(now)) telemetry.latency?.(topic, age);
    this.#pace.committed(now);
    telemetry.committed(committed, now - began);
    this.#patience.renew();
    for (const { scope, offsets } of commits) this.#snapshots.after(scope.tasks, offsets);
  }

  /** Forgets what is processed and not committed. */
  #drop(): void {
    this.#owned?.discard();
    this.#parking.clear();
    this.#ticker?.discard();
    this.#pace.dropped();
  }

  #assigned(assignment: Assignment): void {
    this.#letGo();
    this.#owned = new Owned(assignment, this.#transactions.scopeOf);
  }

  async #revoked(why: 'rebalance' | 'lost'): Promise<void> {
    const owned = this.#owned;
    if (owned !== undefined && why === 'rebalance') await this.#handOver.run(owned);
    if (this.#owned === owned) this.#letGo();
  }

  #letGo(): void {
    this.#drop();
    this.#owned?.close();
    this.#owned = undefined;
  }
}
