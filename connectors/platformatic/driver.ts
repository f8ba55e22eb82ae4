import type { Clock } from '../../topology/ports/clock.ts';
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
import type { Access } from '../kafka-client/access.ts';
import { readRange } from '../kafka-client/read-range.ts';
import { KafkaAdmin } from './admin.ts';
import { Alternating } from './alternating.ts';
import { Cluster } from './cluster.ts';
import { KafkaConsumer } from './consumer.ts';
import type { Compression } from './encode-batch.ts';
import { Fetching } from './fetching.ts';
import { KafkaProducer } from './producer.ts';
import { KafkaTransactions } from './transactions.ts';

/**
 * Apache Kafka over the connections and the protocol of @platformatic/kafka. Of that library's clients nothing is used:
 * records, filter, group membership and transactions are this room's and its neighbour's.
 */
export class PlatformaticDriver implements KafkaDriver {
  readonly name: string = 'platformatic';
  readonly capabilities: Capabilities = {
    transactions: true,
    fencing: 'generation',
    stableOffsets: true,
    staticMembership: true,
  };
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #compression: Compression;

  constructor(access: Access, clock: Clock, compression: Compression = 'lz4') {
    this.#cluster = new Cluster(access);
    this.#clock = clock;
    this.#compression = compression;
  }

  admin(): AdminPort {
    return new KafkaAdmin(this.#cluster, this.#clock);
  }

  consumer(options: ConsumerOptions): ConsumerPort {
    return new KafkaConsumer(this.#cluster, this.#clock, options);
  }

  transactions(options: TransactionOptions): TransactionPort {
    const made = (transactionalId: string): TransactionPort =>
      new KafkaTransactions(this.#cluster, this.#clock, { ...options, transactionalId }, this.#compression);
    return new Alternating(made, options.transactionalId);
  }

  producer(): ProducerPort {
    return new KafkaProducer(this.#cluster, this.#clock, this.#compression);
  }

  read(at: TopicPartition, from: number, to: number, each: (batch: Batch) => void): Promise<number> {
    const fetching = new Fetching(this.#cluster, this.#clock, 'restore');
    const end = async (): Promise<number> => (await this.admin().offsets(at)).end;
    return readRange(fetching, end, at, from, to, each);
  }

  async close(): Promise<void> {
    await this.#cluster.close();
  }
}
