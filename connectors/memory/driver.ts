import type {
  AdminPort,
  Batch,
  Capabilities,
  ConsumerOptions,
  ConsumerPort,
  KafkaDriver,
  ProducerPort,
  TopicPartition,
  TransactionOptions,
  TransactionPort,
} from '../../topology/ports/kafka-driver.ts';
import { MemoryAdmin } from './admin.ts';
import type { MemoryBroker } from './broker.ts';
import { type Client, inProcess } from './client.ts';
import { MemoryConsumer } from './consumer.ts';
import { SeverableLink } from './link.ts';
import { MemoryProducer } from './producer.ts';
import { MemoryTransactions } from './transactions.ts';

const READ_RECORDS = 1_000;

/** The driver of the in-memory broker. Several drivers on one broker are several processes with one cluster. */
export class MemoryDriver implements KafkaDriver {
  readonly name: string = 'memory';
  readonly capabilities: Capabilities = {
    transactions: true,
    fencing: 'generation',
    stableOffsets: true,
    staticMembership: true,
  };
  readonly #broker: MemoryBroker;
  readonly #client: Client;
  readonly #link: SeverableLink;
  readonly #open: { abandon(): void }[] = [];

  constructor(broker: MemoryBroker, client: Client = inProcess) {
    this.#broker = broker;
    this.#link = new SeverableLink(client.link);
    this.#client = { ...client, link: this.#link };
  }

  /**
   * Ends the process in the middle of what it does: no call of it is applied or answered any more. The broker notices
   * at once, which a real one does only when the session and the transaction time out.
   */
  kill(): void {
    this.#link.sever();
    for (const one of this.#open) one.abandon();
  }

  admin(): AdminPort {
    return new MemoryAdmin(this.#broker, this.#client);
  }

  consumer(options: ConsumerOptions): ConsumerPort {
    const consumer = new MemoryConsumer(this.#broker, this.#client, options);
    this.#open.push(consumer);
    return consumer;
  }

  transactions(options: TransactionOptions): TransactionPort {
    const transactions = new MemoryTransactions(this.#broker, this.#client, options);
    this.#open.push(transactions);
    return transactions;
  }

  producer(): ProducerPort {
    return new MemoryProducer(this.#broker, this.#client);
  }

  async read(at: TopicPartition, from: number, to: number, each: (batch: Batch) => void): Promise<number> {
    let offset = from;
    while (offset < to) {
      const { records, nextOffset } = await this.#client.link.call('restore-fetch', () =>
        this.#broker
          .log(at)
          .read(offset, READ_RECORDS, Number.POSITIVE_INFINITY, { committed: true, before: to }),
      );
      if (records.length > 0) each({ ...at, records, nextOffset });
      if (nextOffset <= offset) break;
      offset = nextOffset;
    }
    return offset;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
