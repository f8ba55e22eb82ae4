import { isStreamsError, StreamsError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { CommittedOffset, ConsumerPort, TransactionPort } from '../ports/kafka-driver.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { Commit } from './commit.ts';
import type { Owned } from './owned.ts';
import { Producer } from './producer.ts';

export interface CommitsSettings {
  readonly consumer: ConsumerPort;
  readonly transactions: () => TransactionPort;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly topologyHash: string;
  readonly stillOwned: (owned: Owned) => boolean;
  /** Hands over the outputs since the last commit. */
  readonly outputs: () => Commit['outputs'];
  /** The commit stands; it began at that time, epoch milliseconds. */
  readonly settled: (owned: Owned, commit: Commit, began: number) => void;
  /** It does not: the input is to be read again from what is committed. */
  readonly dropped: (owned: Owned, committed: ReadonlyMap<string, CommittedOffset>) => void;
}

/** The commits of a worker, one at a time: a driver may revoke in the middle of one. */
export class Commits {
  readonly #settings: CommitsSettings;
  readonly #producer: Producer;
  #last: Promise<void> = Promise.resolve();
  /** A commit that began in an earlier watch hung and was given up: its end is nobody's news. */
  #watch = 0;
  /** The commit that failed, and when it began. */
  #doubtful: { readonly commit: Commit; readonly began: number } | undefined;

  constructor(settings: CommitsSettings) {
    this.#settings = settings;
    this.#producer = new Producer(settings.transactions);
  }

  /** Fences older producers of this slot, and ends what they left open. */
  async open(): Promise<void> {
    await this.#producer.ready();
  }

  /** Commits what is processed. When it fails, the phase of `owned` says what is to be done, and it rejects. */
  run(owned: Owned): Promise<void> {
    const run = this.#last.then(() => this.#one(owned));
    this.#last = run.catch(() => {});
    return run;
  }

  /** Takes up work after a commit that failed: `owned` is live again when it resolves. */
  recover(owned: Owned): Promise<void> {
    const run = this.#last.then(() => this.#recover(owned));
    this.#last = run.catch(() => {});
    return run;
  }

  /** Waits no longer for a commit that hangs; the next one has a new producer. */
  abandon(): void {
    this.#last = Promise.resolve();
    this.#watch++;
    const nobodyWaits = new StreamsError('commit-unknown', 'Nobody waits for the end of this commit.');
    void this.#producer.drop(this.#producer.current, nobodyWaits);
  }

  /** Ends the transaction that is open, once what is under way in it is answered. Nothing is committed after it. */
  async abort(): Promise<void> {
    const ended = new StreamsError('stopped', 'The worker ends at once.');
    await this.#producer.drop(this.#producer.current, ended);
  }

  async close(): Promise<void> {
    await this.#producer.close();
  }

  async #one(owned: Owned): Promise<void> {
    const { clock, outputs, settled, stillOwned, topologyHash } = this.#settings;
    if (!stillOwned(owned) || owned.phase !== 'live') return;
    const began = clock.now();
    const watch = this.#watch;
    const commit = new Commit(owned, outputs(), topologyHash);
    if (commit.empty) return;
    let transactions: TransactionPort | undefined;
    try {
      transactions = await this.#producer.ready();
      await commit.run(transactions, () => stillOwned(owned));
    } catch (error) {
      void this.#producer.drop(transactions, error);
      // Of an assignment that is gone nothing is wanted any more, and whoever took it over is nobody's rival.
      if (isStreamsError(error) && !stillOwned(owned)) {
        if (watch === this.#watch) this.#settings.telemetry.aborted('not-assigned');
        throw new StreamsError('not-assigned', 'The assignment went during a commit.', error);
      }
      this.#failed(error, owned, commit, began);
      throw error;
    }
    if (stillOwned(owned)) settled(owned, commit, began);
  }

  /**
   * Whatever it failed with, nobody here knows whether it was applied before: an error may come from a second try, or
   * from the way back.
   */
  #failed(error: unknown, owned: Owned, commit: Commit, began: number): void {
    this.#settings.telemetry.aborted(isStreamsError(error) ? error.code : 'unexpected');
    owned.phase = 'in-doubt';
    this.#doubtful = { commit, began };
  }

  /**
   * A commit that failed is settled by the committed offsets, read once a new producer has put an end to the old one's
   * transaction: equal to ours means that it stands. In all other cases it does not, and the input is read again.
   */
  async #recover(owned: Owned): Promise<void> {
    const { consumer, dropped, settled, stillOwned } = this.#settings;
    if (!stillOwned(owned) || owned.phase !== 'in-doubt') return;
    await this.#producer.ready();
    const committed = await consumer.committed(owned.assignment.partitions);
    if (!stillOwned(owned)) return;
    const doubtful = this.#doubtful;
    this.#doubtful = undefined;
    if (doubtful?.commit.stands(committed) === true) {
      owned.phase = 'live';
      settled(owned, doubtful.commit, doubtful.began);
      return;
    }
    dropped(owned, committed);
    if (stillOwned(owned)) owned.phase = 'live';
  }
}
