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
import { KafkaJsAdmin } from './admin.ts';
import { Cluster } from './cluster.ts';
import { readEveryCodec } from './codecs.ts';
import { KafkaJsConsumer } from './consumer.ts';
import { Fetching } from './fetching.ts';
import { KafkaJsProducer } from './producer.ts';
import { KafkaJsTransactions } from './transactions.ts';

/**
 * Apache Kafka over the connections and the protocol of kafkajs: the second driver, of another library than the first. Its transactions
 * are of an older protocol, so each input partition needs a transactional id of its own.
 */
export class KafkaJsDriver implements KafkaDriver {
  readonly name: string = 'kafkajs';
  readonly capabilities: Capabilities = {
    transactions: true,
    fencing: 'perPartitionTransactionalId',
    stableOffsets: true,
    staticMembership: true,
  };
  readonly #cluster: Cluster;
  readonly #clock: Clock;

  constructor(access: Access, clock: Clock) {
    readEveryCodec();
    this.#cluster = new Cluster(access);
    this.#clock = clock;
  }

  admin(): AdminPort {
    return new KafkaJsAdmin(this.#cluster, this.#clock);
  }

  consumer(options: ConsumerOptions): ConsumerPort {
    return new KafkaJsConsumer(this.#cluster, this.#clock, options);
  }

  transactions(options: TransactionOptions): TransactionPort {
    return new KafkaJsTransactions(this.#cluster, this.#clock, options);
  }

  producer(): ProducerPort {
    return new KafkaJsProducer(this.#cluster, this.#clock);
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
