import { isStreamsError } from '../model/errors.ts';
import type { TransactionPort } from '../ports/kafka-driver.ts';

/**
 * The transactional producer of a worker. It is dropped whenever a transaction did not end well: the next one, under
 * the same id, fences it and aborts what it left open.
 */
export class Producer {
  readonly #make: () => TransactionPort;
  #current: TransactionPort | undefined;

  constructor(make: () => TransactionPort) {
    this.#make = make;
  }

  /** A producer that may begin a transaction. Throws what `init` throws; the next call tries anew. */
  async ready(): Promise<TransactionPort> {
    if (this.#current !== undefined) return this.#current;
    const made = this.#make();
    try {
      await made.init();
    } catch (error) {
      made.close().catch(() => {});
      throw error;
    }
    this.#current = made;
    return made;
  }

  /**
   * Lets go of a producer whose transaction failed with `error`. What it left open holds up others, so it is told to
   * abort; not when its commit may be on the way, whose fate is for the broker to decide. Resolves when that is done;
   * its connection may be what is broken, so there is no bound to it.
   */
  async drop(dropped: TransactionPort | undefined, error: unknown): Promise<void> {
    if (dropped === undefined) return;
    if (this.#current === dropped) this.#current = undefined;
    const told =
      isStreamsError(error) && error.code === 'commit-unknown' ? Promise.resolve() : dropped.abort();
    await told.catch(() => {});
    await dropped.close().catch(() => {});
  }

  /** The one in use. */
  get current(): TransactionPort | undefined {
    return this.#current;
  }

  async close(): Promise<void> {
    const closed = this.#current;
    this.#current = undefined;
    await closed?.close();
  }
}
