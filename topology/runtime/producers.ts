import { allEnded } from '../ports/all-ended.ts';
import type { Transactions } from './guarantee.ts';
import type { Owned } from './owned.ts';
import { Producer } from './producer.ts';

/** The transactional producers of a worker, one to each scope. */
export class Producers {
  readonly #transactions: Transactions;
  readonly #byScope = new Map<string, Producer>();
  #of: Owned | undefined;

  constructor(transactions: Transactions) {
    this.#transactions = transactions;
  }

  /**
   * Fences older producers of what is owned, and ends what they left open. Those of partitions are made anew with each assignment: in
   * between a partition may have been another's, who is to be fenced before what it committed is read.
   * @throws what one of them throws when all are through.
   */
  async open(owned: Owned | undefined): Promise<void> {
    const { own } = this.#transactions;
    if (own === undefined && owned !== this.#of) await this.close();
    this.#of = owned;
    const names = own === undefined ? (owned?.scopes ?? []).map(({ name }) => name) : [own];
    await allEnded(names.map((name) => this.of(name).ready()));
  }

  of(scope: string): Producer {
    let producer = this.#byScope.get(scope);
    if (producer === undefined) {
      producer = new Producer(() => this.#transactions.producer(scope));
      this.#byScope.set(scope, producer);
    }
    return producer;
  }

  /** Lets go of all after `error`. Resolves when what they left open is aborted, where that may be. */
  async drop(error: unknown): Promise<void> {
    await Promise.all([...this.#byScope.values()].map((producer) => producer.drop(producer.current, error)));
  }

  async close(): Promise<void> {
    const closed = [...this.#byScope.values()];
    this.#byScope.clear();
    await Promise.all(closed.map((producer) => producer.close()));
  }
}
