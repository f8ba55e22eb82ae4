import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import { type Duration, milliseconds, seconds } from '../../topology/model/time.ts';
import type { Topic } from '../../topology/model/topic.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import {
  type Assignment,
  type ConsumerPort,
  type KafkaDriver,
  type PolledBatch,
  partitionKey,
} from '../../topology/ports/kafka-driver.ts';
import { pauseAfter } from './back-off.ts';
import { Ledger } from './ledger.ts';
import { Owned } from './owned.ts';
import type { Sink } from './sink.ts';
import { SinkTask } from './sink-task.ts';

export interface SinkWorkerSettings<V> {
  readonly driver: KafkaDriver;
  readonly clock: Clock;
  readonly sink: Sink<V>;
  readonly topic: Topic<V>;
  /** Consumer group; also the first part of the transactional id. */
  readonly application: string;
  /** One live worker per slot. */
  readonly slot: string;
  readonly deadLetters: string;
  /** Something outside failed and is tried again; a code of the table of errors. */
  readonly retrying?: (code: string) => void;
  /** In [0, 1): spreads what is tried again. */
  readonly chance: () => number;
}

/** Records that may be under way: while more wait, nothing is polled. */
const MOST_PENDING = 10_000;
const POLL = { maxRecords: 1_000, maxBytes: 8 << 20, waitMs: 50 };
const SESSION: Duration = seconds(10);
const REBALANCE: Duration = seconds(10);
const TRANSACTION: Duration = seconds(8);
/** How long what is under way may take to end when its partition is given up. */
const HAND_OVER: Duration = seconds(4);

/**
 * One member of a sink's consumer group: polls the topic, hands each record to the sink, and moves the offset on when the sink
 * says that it is over, in one transaction with what the sink writes of it. A crash between the two is made up for by the
 * sink: what it does twice must be the same as once.
 */
export class SinkWorker<V> {
  readonly #settings: SinkWorkerSettings<V>;
  readonly #consumer: ConsumerPort;
  readonly #ledger: Ledger;
  #owned: Owned<V> | undefined;
  #stopping = false;
  #paused = false;
  #running: Promise<void> | undefined;
  #settling: Promise<void> = Promise.resolve();
  #dirty = false;
  /** A commit failed: everything is begun again from what is committed. */
  #failure: unknown;
  #failures = 0;

  constructor(settings: SinkWorkerSettings<V>) {
    const { driver, application, slot } = settings;
    this.#settings = settings;
    this.#consumer = driver.consumer({
      groupId: application,
      instanceId: slot,
      sessionTimeout: SESSION,
      rebalanceTimeout: REBALANCE,
    });
    const id = { transactionalId: `${application}-${slot}`, timeout: TRANSACTION };
    this.#ledger = new Ledger(() => driver.transactions(id));
  }

  /** Joins the group and works until `stop`. Rejects when it cannot go on. */
  run(): Promise<void> {
    this.#running ??= this.#work();
    return this.#running;
  }

  /** Lets what is under way end within a limit, commits, leaves the group. */
  async stop(): Promise<void> {
    this.#stopping = true;
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

  /** Records taken in and not over, and when the oldest that waits was written (epoch milliseconds). */
  get undelivered(): { readonly records: number; readonly oldest: number | undefined } {
    return { records: this.#owned?.pending ?? 0, oldest: this.#owned?.oldest };
  }

  async #work(): Promise<void> {
    const { clock, chance, retrying, topic } = this.#settings;
    try {
      await this.#consumer.subscribe([topic.name], {
        onAssigned: (assignment) => this.#assigned(assignment),
        onRevoked: (_assignment, why) => this.#revoked(why),
      });
      while (!this.#stopping) {
        try {
          await this.#turn();
        } catch (error) {
          if (!isStreamsError(error) || !error.retry) throw error;
          retrying?.(error.code);
          await clock.sleep(pauseAfter(++this.#failures, chance(), undefined));
        }
      }
      await this.#revoked('rebalance');
    } finally {
      this.#end(this.#owned);
      this.#owned = undefined;
      await Promise.allSettled([this.#consumer.close(), this.#ledger.close()]);
    }
  }

  async #turn(): Promise<void> {
    const owned = this.#owned;
    if (this.#failure !== undefined && owned !== undefined) {
      const failure = this.#failure;
      this.#failure = undefined;
      this.#restart(owned);
      throw failure;
    }
    if (owned?.phase === 'opening') {
      await this.#open(owned);
      return;
    }
    if ((owned?.pending ?? 0) >= MOST_PENDING || this.#paused || owned?.phase === 'leaving') {
      await this.#settings.clock.sleep(milliseconds(POLL.waitMs));
      return;
    }
    const batches = await this.#consumer.poll(POLL);
    await this.#take(batches);
  }

  async #take(batches: readonly PolledBatch[]): Promise<void> {
    const owned = this.#owned;
    if (owned === undefined) return;
    for (const batch of batches) {
      if (batch.assignment !== owned.assignment || this.#owned !== owned || owned.phase !== 'live') continue;
      await owned.taskOf(batch.topic, batch.partition)?.take(batch);
    }
  }

  /** Begins each partition at what is committed; where nothing is, at the beginning of the log. */
  async #open(owned: Owned<V>): Promise<void> {
    const { driver, sink } = this.#settings;
    const { signal } = owned;
    await this.#ledger.open();
    const committed = await this.#consumer.committed(owned.assignment.partitions);
    const tasks: SinkTask<V>[] = [];
    for (const at of owned.assignment.partitions) {
      const log = await driver.admin().offsets(at);
      const from = committed.get(partitionKey(at))?.offset ?? log.start;
      if (from < log.start)
        throw new StreamsError(
          'log-truncated',
          `${partitionKey(at)} begins at offset ${log.start}; the sink ${sink.name} stands at ${from}.`,
        );
      await sink.open(at, signal);
      if (this.#owned !== owned || signal.aborted) return;
      tasks.push(new SinkTask(at, from, { ...this.#settings, progress: () => this.#settle(owned), signal }));
      this.#consumer.seek(at, from);
    }
    owned.tasks = tasks;
    owned.phase = 'live';
  }

  /** Commits soon: what is over by the time that the last commit is through goes together. */
  #settle(owned: Owned<V>): void {
    if (this.#dirty) return;
    this.#dirty = true;
    this.#settling = this.#settling.then(async () => {
      this.#dirty = false;
      try {
        await this.#commit(owned);
        this.#failures = 0;
      } catch (error) {
        if (this.#owned === owned) this.#failure ??= error;
      }
    });
  }

  async #commit(owned: Owned<V>): Promise<void> {
    if (this.#owned !== owned || this.#failure !== undefined) return;
    const { outputs, offsets } = owned.settle();
    if (offsets.size > 0) await this.#ledger.write(outputs, offsets, owned.assignment.generation);
  }

  #assigned(assignment: Assignment): void {
    this.#end(this.#owned);
    this.#failure = undefined;
    this.#owned = new Owned(assignment);
  }

  /** What is under way may end, for a while; what has ended is committed. */
  async #revoked(why: 'rebalance' | 'lost'): Promise<void> {
    const owned = this.#owned;
    if (owned === undefined) return;
    if (why === 'rebalance' && owned.phase === 'live') {
      const { clock } = this.#settings;
      const until = clock.now() + HAND_OVER;
      owned.phase = 'leaving';
      while (owned.pending > 0 && clock.now() < until) await clock.sleep(milliseconds(POLL.waitMs));
      this.#settle(owned);
      await this.#settling;
    }
    if (this.#owned !== owned) return;
    this.#end(owned);
    this.#owned = undefined;
  }

  #restart(owned: Owned<V>): void {
    this.#end(owned);
    this.#owned = new Owned(owned.assignment);
  }

  #end(owned: Owned<V> | undefined): void {
    owned?.end();
    for (const { at } of owned?.tasks ?? []) this.#settings.sink.close(at);
  }
}
