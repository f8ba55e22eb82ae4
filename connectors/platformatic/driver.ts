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
import { KafkaAdmin } from './admin.ts';
import { Cluster } from './cluster.ts';
import { KafkaConsumer } from './consumer.ts';
import type { Compression } from './encode-batch.ts';
import { Fetching } from './fetching.ts';
import { KafkaProducer } from './producer.ts';
import { KafkaTransactions } from './transactions.ts';
import type { Access } from './wire.ts';

const READ_BYTES = 8 << 20;
const READ_WAIT = 500;

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
    return new KafkaTransactions(this.#cluster, this.#clock, options, this.#compression);
  }

  producer(): ProducerPort {
    return new KafkaProducer(this.#cluster, this.#clock, this.#compression);
  }

  async read(at: TopicPartition, from: number, to: number, each: (batch: Batch) => void): Promise<void> {
    const fetching = new Fetching(this.#cluster, this.#clock, 'restore');
    fetching.seek(at, from);
    for (let offset = from; offset < to; ) {
      await fetching.wait({ maxBytes: READ_BYTES, waitMs: READ_WAIT });
      const [fetched] = fetching.take();
      if (fetched === undefined) {
        // Nothing came: there is nothing more that is decided, or the broker is slow.
        const { end } = await this.admin().offsets(at);
        if (offset >= end) return;
        continue;
      }
      const records = fetched.records.filter((record) => record.offset < to);
      const nextOffset = Math.min(to, fetched.nextOffset);
      if (records.length > 0) each({ ...at, records, nextOffset });
      offset = nextOffset;
    }
  }

  async close(): Promise<void> {
    await this.#cluster.close();
  }
}
