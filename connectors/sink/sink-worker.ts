import { isStreamsError } from '../../topology/model/errors.ts';
import { type Duration, milliseconds } from '../../topology/model/time.ts';
import {
  type Assignment,
  type CommittedOffset,
  type ConsumerPort,
  type PolledBatch,
  partitionKey,
  type TopicPartition,
} from '../../topology/ports/kafka-driver.ts';
import { pauseAfter } from './back-off.ts';
import { Ledger, transactionalIdOf } from './ledger.ts';
import { newTask } from './new-task.ts';
import { Owned } from './owned.ts';
import { limitsOf, type SinkLimits, type SinkWorkerSettings, TO_STOP } from './settings.ts';

const POLL = { maxRecords: 1_000, maxBytes: 8 << 20, waitMs: 50 };
const LOOK: Duration = milliseconds(POLL.waitMs);

/**
 * One member of a sink's consumer group: polls the topic, hands each record to the sink, and moves the offset on when the sink
 * says that it is over, in one transaction with what the sink writes of it. A crash between the two is made up for by the
 * sink: what it does twice must be the same as once.
 */
export class SinkWorker<V> {
  readonly #settings: SinkWorkerSettings<V>;
  readonly #limits: SinkLimits;
  readonly #consumer: ConsumerPort;
  readonly #ledger: Ledger;
  readonly #stop = new AbortController();
  #owned: Owned<V> | undefined;
  /** What was owned before, while the sink may still be at it. */
  #before: Owned<V> | undefined;
  /** Partitions that were begun as `from` says. */
  readonly #begun = new Set<string>();
  #paused = false;
  #running: Promise<void> | undefined;
  #settling: Promise<void> = Promise.resolve();
  #dirty = false;
  /** A commit failed: everything is begun again from what is committed. */
  #failure: Error | undefined;
  #failures = 0;
  constructor(settings: SinkWorkerSettings<V>) {
    const { driver, application, slot } = settings;
    this.#settings = settings;
    this.#limits = limitsOf(settings);
    const { session, rebalance, transaction: timeout } = this.#limits;
    this.#consumer = driver.consumer({
      groupId: application,
      instanceId: slot,
      sessionTimeout: session,
      rebalanceTimeout: rebalance,
    });
    const transactionalId = transactionalIdOf(application, slot);
    this.#ledger = new Ledger(() => driver.transactions({ transactionalId, timeout }));
  }

  /** Joins the group and works until `stop`. Rejects when it cannot go on. */
  run(): Promise<void> {
    this.#running ??= this.#work();
    return this.#running;
  }

  /** Lets what is under way end within a limit, commits, leaves the group. */
  async stop(): Promise<void> {
    this.#stop.abort();
    // Nothing is under way yet, and what it waits for may not come.
    if (this.#owned?.phase === 'opening') this.#end();
    await this.#running?.catch(() => {});
  }

  /** Takes in nothing more, until `resume`. What is under way goes on. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
  }

  get state(): 'running' | 'paused' | 'joining' {
    if (this.#paused) return 'paused';
    return this.#owned?.phase === 'live' ? 'running' : 'joining';
  }

  /** Records taken in and not over, and when the oldest of them was written (epoch milliseconds). */
  get undelivered(): { readonly records: number; readonly oldest: number | undefined } {
    return { records: this.#owned?.pending ?? 0, oldest: this.#owned?.oldest };
  }

  /** Partitions that it owns, and the offset up to which all is over. */
  get partitions(): readonly (TopicPartition & { readonly next: number })[] {
    return (this.#owned?.tasks ?? []).map(({ at, next }) => ({ ...at, next }));
  }

  async #work(): Promise<void> {
    const { clock, chance, retrying, topic } = this.#settings;
    try {
      await this.#consumer.subscribe([topic.name], {
        onAssigned: (assignment) => this.#assigned(assignment),
        onRevoked: (assignment, why) => this.#revoked(assignment, why),
        onRetrying: (code) => retrying?.(code),
      });
      while (!this.#stop.signal.aborted) {
        try {
          await this.#turn();
        } catch (error) {
          if (!isStreamsError(error) || !error.retry) throw error;
          retrying?.(error.code);
          await clock.sleep(pauseAfter(++this.#failures, chance(), undefined), this.#stop.signal);
        }
      }
      if (this.#owned !== undefined) await this.#revoked(this.#owned.assignment, 'rebalance');
    } finally {
      this.#end();
      await Promise.allSettled([this.#consumer.close(), this.#ledger.close()]);
    }
  }

  async #turn(): Promise<void> {
    const owned = this.#owned;
    if (this.#failure !== undefined && owned !== undefined && owned.phase !== 'leaving') {
      const failure = this.#failure;
      this.#failure = undefined;
      this.#end();
      this.#owned = new Owned(owned.assignment);
      throw failure;
    }
    if (owned?.phase === 'opening') return this.#open(owned);
    const full = (owned?.pending ?? 0) >= this.#limits.pending;
    if (full || this.#paused || owned?.phase === 'leaving') {
      await this.#settings.clock.sleep(LOOK, this.#stop.signal);
      return;
    }
    const batches = await this.#consumer.poll(POLL);
    this.#take(batches);
    // What went wrong long ago says nothing of what may go wrong next.
    if (batches.length === 0 && (this.#owned?.pending ?? 0) === 0) this.#failures = 0;
  }

  #take(batches: readonly PolledBatch[]): void {
    const owned = this.#owned;
    if (owned === undefined || owned.phase !== 'live') return;
    for (const batch of batches) {
      if (batch.assignment !== owned.assignment) continue;
      const task = owned.taskOf(batch.topic, batch.partition);
      const reading = task?.take(batch);
      if (reading === undefined) continue;
      // The others go on.
      this.#consumer.pause(batch);
      void reading.then(() => {
        if (this.#owned === owned && owned.phase === 'live') this.#consumer.seek(batch, batch.nextOffset);
      });
    }
  }

  async #open(owned: Owned<V>): Promise<void> {
    const { clock, freed = (reading) => reading } = this.#settings;
    const { partitions } = owned.assignment;
    // Two deliveries of one record at the same time could overtake each other.
    await Promise.race([this.#before?.idle(), clock.sleep(TO_STOP)]);
    await this.#ledger.open();
    const committed = await freed(this.#consumer.committed(partitions), partitions);
    for (const at of partitions) {
      const known = owned.taskOf(at.topic, at.partition);
      if (known === undefined) await this.#openOne(owned, at, committed.get(partitionKey(at)));
      if (this.#owned !== owned || owned.phase !== 'opening') return;
    }
    for (const { at, next } of owned.tasks) this.#consumer.seek(at, next);
    owned.phase = 'live';
    // What was woken while it was opened may be over already.
    this.#settle();
  }

  async #openOne(owned: Owned<V>, at: TopicPartition, committed: CommittedOffset | undefined): Promise<void> {
    const { sink, from } = this.#settings;
    const key = partitionKey(at);
    const begun = this.#begun.has(key);
    const { task, began } = await newTask(at, committed, begun ? undefined : from, {
      ...this.#settings,
      progress: () => this.#settle(),
    });
    if (owned.signal.aborted) return;
    await sink.open(at, owned.signal, { began, wake: (of) => task.wake(of) });
    // Given up meanwhile: nobody else closes it.
    if (owned.signal.aborted) sink.close(at);
    else owned.tasks.push(task);
    this.#begun.add(key);
  }

  /** Commits soon: what is over by the time that the last commit is through goes together. */
  #settle(): void {
    if (this.#dirty) return;
    this.#dirty = true;
    this.#settling = this.#settling.then(async () => {
      this.#dirty = false;
      // Whoever asked for it may own nothing any more by now.
      const owned = this.#owned;
      try {
        await this.#commit();
      } catch (error) {
        if (this.#owned === owned && error instanceof Error) this.#failure ??= error;
      }
    });
  }

  async #commit(): Promise<void> {
    const owned = this.#owned;
    if (owned === undefined || owned.phase === 'ended' || this.#failure !== undefined) return;
    const { outputs, offsets, committed } = owned.settle();
    if (offsets.size === 0) return;
    await this.#ledger.write(outputs, offsets, owned.assignment.generation);
    this.#failures = 0;
    committed();
  }

  #assigned(assignment: Assignment): void {
    this.#end();
    this.#failure = undefined;
    this.#owned = new Owned(assignment);
  }

  /** What is under way may end, for a while; what has ended is committed. */
  async #revoked(assignment: Assignment, why: 'rebalance' | 'lost'): Promise<void> {
    const owned = this.#owned;
    if (owned?.assignment !== assignment) return;
    if (why === 'rebalance' && owned.phase === 'live') {
      const { clock } = this.#settings;
      owned.leave();
      const until = clock.now() + this.#limits.handOver;
      while (owned.tasks.some((task) => task.underWay > 0) && clock.now() < until) await clock.sleep(LOOK);
      for (const task of owned.tasks) task.end();
      await Promise.race([owned.idle(), clock.sleep(TO_STOP)]);
      this.#settle();
      await this.#settling;
    }
    if (this.#owned?.assignment === assignment) this.#end();
  }

  /** Nothing is wanted any more of what is owned. */
  #end(): void {
    const owned = this.#owned;
    this.#owned = undefined;
    if (owned === undefined) return;
    this.#before = owned;
    owned.end();
    for (const { at } of owned.tasks) this.#settings.sink.close(at);
  }
}
