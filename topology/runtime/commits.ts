import { isStreamsError, StreamsError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { type CommittedOffset, partitionKey, type TransactionPort } from '../ports/kafka-driver.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { CarryOver, type CarryOverSettings } from './carry-over.ts';
import { type Carry, Commit } from './commit.ts';
import type { Transactions } from './guarantee.ts';
import type { Owned } from './owned.ts';
import { Producers } from './producers.ts';

type Committed = ReadonlyMap<string, CommittedOffset>;

export interface CommitsSettings extends CarryOverSettings {
  readonly transactions: Transactions;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly topologyHash: string;
  /** The commits stand; they began at that time, epoch milliseconds. */
  readonly settled: (commits: readonly Commit[], began: number) => void;
  /** Not all stand: the input of the others is to be read again from what is committed. */
  readonly dropped: (owned: Owned, committed: Committed) => void;
}

/** Commits of which one failed: which of them stand for certain, and when they began. */
interface Doubtful {
  readonly commits: readonly Commit[];
  readonly stood: ReadonlySet<Commit>;
  readonly began: number;
}

/** The commits of a worker: of all its scopes at once, one round at a time. A driver may revoke in the middle of one. */
export class Commits {
  readonly #settings: CommitsSettings;
  readonly #producers: Producers;
  readonly #carryOver: CarryOver;
  #last: Promise<void> = Promise.resolve();
  /** A commit that began in an earlier watch hung and was given up: its end is nobody's news. */
  #watch = 0;
  #doubtful: Doubtful | undefined;

  constructor(settings: CommitsSettings) {
    this.#settings = settings;
    this.#producers = new Producers(settings.transactions);
    this.#carryOver = new CarryOver(settings);
  }

  /** Fences older producers of what is owned, or else of this slot, and ends what they left open. */
  open(owned?: Owned): Promise<void> {
    return this.#producers.open(owned);
  }

  /**
   * Commits what is processed. When it fails, the phase of `owned` says what is to be done, and it rejects. `own`: what is written to
   * topics that are read here is carried over in the same transaction, or fetched as what others write.
   */
  run(owned: Owned, own: 'carry' | 'fetch' = 'fetch'): Promise<void> {
    const run = this.#last.then(() => this.#round(owned, own));
    this.#last = run.catch(() => {});
    return run;
  }

  /** Takes up work after a commit that failed: `owned` is live again when it resolves, or to be taken over anew. */
  recover(owned: Owned): Promise<void> {
    const run = this.#last.then(() => this.#recover(owned));
    this.#last = run.catch(() => {});
    return run;
  }

  /** Waits no longer for a commit that hangs; the next one has a new producer. */
  abandon(): void {
    this.#last = Promise.resolve();
    this.#watch++;
    void this.#producers.drop(new StreamsError('commit-unknown', 'Nobody waits for the end of this commit.'));
  }

  /** Ends the transactions that are open, once what is under way in them is answered. Nothing is committed after it. */
  async abort(): Promise<void> {
    await this.#producers.drop(new StreamsError('stopped', 'The worker ends at once.'));
  }

  async close(): Promise<void> {
    await this.#producers.close();
  }

  async #round(owned: Owned, own: 'carry' | 'fetch'): Promise<void> {
    const { clock, stillOwned, topologyHash } = this.#settings;
    if (!stillOwned(owned) || owned.phase !== 'live') return;
    const began = clock.now();
    const watch = this.#watch;
    const commits = owned.scopes
      .map((scope) => new Commit(scope, owned, topologyHash))
      .filter(({ empty }) => !empty);
    const ends = await Promise.allSettled(commits.map((commit) => this.#transaction(commit, owned, own)));
    const errors = ends.flatMap((end): unknown[] => (end.status === 'rejected' ? [end.reason] : []));
    if (errors.length > 0) {
      const stood = new Set(commits.filter((_, i) => ends[i]?.status === 'fulfilled'));
      this.#failed(errors, owned, { commits, stood, began }, watch);
    }
    if (commits.length > 0 && stillOwned(owned)) this.#stand(owned, commits, began);
  }

  async #transaction(commit: Commit, owned: Owned, own: 'carry' | 'fetch'): Promise<void> {
    const { stillOwned } = this.#settings;
    const producer = this.#producers.of(commit.scope.name);
    let transactions: TransactionPort | undefined;
    try {
      transactions = await producer.ready();
      const carry: Carry = async (topic, appended) => {
        if (own === 'carry') await this.#carryOver.run(commit.scope, owned, topic, appended);
      };
      await commit.run(transactions, carry, () => stillOwned(owned));
    } catch (error) {
      void producer.drop(transactions, error);
      throw error;
    }
  }

  /**
   * Whatever one failed with, nobody here knows whether it was applied before: an error may come from a second try, or
   * from the way back.
   */
  #failed(errors: readonly unknown[], owned: Owned, doubtful: Doubtful, watch: number): never {
    const { stillOwned, telemetry } = this.#settings;
    // What trying again cannot help is said before what it can.
    const error = errors.find((one) => !isStreamsError(one) || !one.retry) ?? errors[0];
    // Of an assignment that is gone nothing is wanted any more, and whoever took it over is nobody's rival.
    if (isStreamsError(error) && !stillOwned(owned)) {
      if (watch === this.#watch) telemetry.aborted('not-assigned');
      throw new StreamsError('not-assigned', 'The assignment went during a commit.', error);
    }
    for (const one of errors) telemetry.aborted(isStreamsError(one) ? one.code : 'unexpected');
    owned.phase = 'in-doubt';
    this.#doubtful = doubtful;
    throw error;
  }

  /**
   * Commits of which one failed are settled by the committed offsets, read once a new producer has put an end to the old one's
   * transaction: equal to ours means that it stands. Equal to those before means that it does not, and the input is read again.
   * Other ones are another's, who owned the partition in its own eyes: then the states here are behind them, and are taken over anew.
   */
  async #recover(owned: Owned): Promise<void> {
    const { consumer, dropped, stillOwned } = this.#settings;
    if (!stillOwned(owned) || owned.phase !== 'in-doubt') return;
    await this.#producers.open(owned);
    const committed = await consumer.committed(owned.assignment.partitions);
    if (!stillOwned(owned)) return;
    const { commits = [], stood, began = 0 } = this.#doubtful ?? {};
    this.#doubtful = undefined;
    const stand = commits.filter((commit) => stood?.has(commit) === true || commit.stands(committed));
    if (stand.length > 0) this.#stand(owned, stand, began);
    const overtaken = owned.assignment.partitions
      .map(partitionKey)
      .some((at) => committed.get(at)?.offset !== owned.committed.get(at)?.offset);
    if (overtaken || stand.length === 0 || stand.length < commits.length) dropped(owned, committed);
    if (stillOwned(owned)) owned.phase = overtaken ? 'taking-over' : 'live';
  }

  #stand(owned: Owned, commits: readonly Commit[], began: number): void {
    for (const { offsets } of commits)
      for (const [at, committed] of offsets) owned.committed.set(at, committed);
    this.#settings.settled(commits, began);
  }
}
