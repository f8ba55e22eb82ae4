import { randomUUID } from 'node:crypto';
import { minutes } from '../../topology/model/time.ts';
import type { KafkaDriver, TransactionPort } from '../../topology/ports/kafka-driver.ts';
import { PARTITIONS } from './real-cluster.ts';

/**
 * Somebody else's transactions in a topic, all of them aborted: what a reader of committed records must never see, and what holds up
 * those that stand behind it.
 */
export class Decoys {
  readonly #transactions: TransactionPort;
  readonly #topic: string;
  #open = false;

  private constructor(transactions: TransactionPort, topic: string) {
    this.#transactions = transactions;
    this.#topic = topic;
  }

  static async to(driver: KafkaDriver, topic: string): Promise<Decoys> {
    const transactions = driver.transactions({
      transactionalId: `decoys-${randomUUID()}`,
      // Longer than any pause between two of them, however slow the machine is.
      timeout: minutes(10),
    });
    await transactions.init();
    return new Decoys(transactions, topic);
  }

  /** Aborts what is open, and opens another one. */
  async next(): Promise<void> {
    await this.#abort();
    this.#transactions.begin();
    this.#open = true;
    await this.#transactions.send(
      this.#topic,
      Array.from({ length: PARTITIONS }, (_, partition) => ({
        key: Buffer.from('decoy'),
        value: Buffer.from('decoy'),
        timestamp: Date.now(),
        partition,
      })),
    );
  }

  /** At least one more, so that there is one whatever the run was. */
  async end(): Promise<void> {
    await this.next();
    await this.#abort();
  }

  async #abort(): Promise<void> {
    if (this.#open) await this.#transactions.abort();
    this.#open = false;
  }
}
