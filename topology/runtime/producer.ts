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

  /** The one in use. */
  get current(): TransactionPort | undefined {
    return this.#current;
  }

  /** Lets go of a producer. Its connection may be what is broken, so nobody waits for its end. */
  drop(producer: TransactionPort | undefined): void {
    if (producer === undefined) return;
    if (this.#current === producer) this.#current = undefined;
    producer.close().catch(() => {});
  }

  async close(): Promise<void> {
    const closed = this.#current;
    this.#current = undefined;
    await closed?.close();
  }
}
