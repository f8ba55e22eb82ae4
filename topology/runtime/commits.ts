import { isStreamsError } from '../model/errors.ts';
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
  readonly settled: (owned: Owned, commit: Commit, began: number) => Promise<void>;
  /** It does not: the input is to be read again from what is committed. */
  readonly dropped: (owned: Owned, committed: ReadonlyMap<string, CommittedOffset>) => Promise<void>;
}

/** The commits of a worker, one at a time: a driver may revoke in the middle of one. */
export class Commits {
  readonly #settings: CommitsSettings;
  readonly #producer: Producer;
  #last: Promise<void> = Promise.resolve();

  constructor(settings: CommitsSettings) {
    this.#settings = settings;
    this.#producer = new Producer(settings.transactions);
  }

  /** Fences older producers of this slot, and ends what they left open. */
  async open(): Promise<void> {
    await this.#producer.ready();
  }

  /** Commits what is processed. Rejects when it failed and trying again cannot help. */
  run(owned: Owned): Promise<void> {
    this.#last = this.#last.then(() => this.#one(owned));
    return this.#last;
  }

  /** Waits no longer for a commit that hangs; the next one has a new producer. */
  abandon(): void {
    this.#producer.drop(this.#producer.current);
    this.#last = Promise.resolve();
  }

  async close(): Promise<void> {
    await this.#producer.close();
  }

  async #one(owned: Owned): Promise<void> {
    const { clock, outputs, settled, stillOwned, topologyHash } = this.#settings;
    if (!stillOwned(owned)) return;
    const began = clock.now();
    const commit = new Commit(owned, outputs(), topologyHash);
    if (commit.empty) return;
    let transactions: TransactionPort | undefined;
    try {
      transactions = await this.#producer.ready();
      await commit.run(transactions, () => stillOwned(owned));
    } catch (error) {
      if (!(await this.#standsAfter(error, owned, commit, transactions))) return;
    }
    if (stillOwned(owned)) await settled(owned, commit, began);
  }

  /**
   * The commit failed, or nobody knows: true when it stands after all. A lost answer is settled by the committed
   * offsets, read once a new producer has put an end to the old one's transaction: equal to ours means that it stands.
   */
  async #standsAfter(
    error: unknown,
    owned: Owned,
    commit: Commit,
    transactions: TransactionPort | undefined,
  ): Promise<boolean> {
    const { consumer, dropped, stillOwned, telemetry } = this.#settings;
    const code = isStreamsError(error) ? error.code : undefined;
    const again = isStreamsError(error) && error.retry;
    // What is open would hold up the readers of its outputs; where it goes on, the next producer ends it.
    if (!again) await transactions?.abort().catch(() => {});
    this.#producer.drop(transactions);
    if (!stillOwned(owned)) return false;
    telemetry.aborted(code ?? 'unexpected');
    if (!again) throw error;
    await this.#producer.ready();
    const committed = await consumer.committed(owned.assignment.partitions);
    if (!stillOwned(owned)) return false;
    if (code === 'commit-unknown' && commit.stands(committed)) return true;
    await dropped(owned, committed);
    return false;
  }
}
