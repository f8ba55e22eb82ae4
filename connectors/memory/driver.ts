import type {
  AdminPort,
  Batch,
  Capabilities,
  CommittedOffset,
  ConsumerOptions,
  ConsumerPort,
  KafkaDriver,
  NewTopic,
  TopicPartition,
  TransactionOptions,
  TransactionPort,
} from '../../topology/ports/kafka-driver.ts';
import { partitionKey } from '../../topology/ports/kafka-driver.ts';
import type { MemoryBroker } from './broker.ts';
import { MemoryConsumer } from './consumer.ts';
import { MemoryTransactions } from './transactions.ts';

const READ_RECORDS = 1_000;

/** The driver of the in-memory broker. Several drivers on one broker are several clients of one cluster. */
export class MemoryDriver implements KafkaDriver {
  readonly name: string = 'memory';
  readonly capabilities: Capabilities = { transactions: true, fencing: 'generation' };
  readonly #broker: MemoryBroker;

  constructor(broker: MemoryBroker) {
    this.#broker = broker;
  }

  admin(): AdminPort {
    const broker = this.#broker;
    return {
      createTopics: async (topics: readonly NewTopic[]) => broker.createTopics(topics),
      partitions: async (topics) =>
        new Map(
          topics.flatMap((topic) => {
            const count = broker.partitions(topic);
            return count === undefined ? [] : [[topic, count] as const];
          }),
        ),
      offsets: async (at) => {
        const { start, end } = broker.log(at);
        return { start, end };
      },
      committed: async (groupId, at) => {
        const committed = broker.committedOf(groupId);
        return new Map(
          at.map(partitionKey).flatMap((key): [string, CommittedOffset][] => {
            const offset = committed.get(key);
            return offset === undefined ? [] : [[key, offset]];
          }),
        );
      },
      deleteRecords: async (at, before) => broker.log(at).truncate(before),
    };
  }

  consumer(options: ConsumerOptions): ConsumerPort {
    return new MemoryConsumer(
      this.#broker,
      options,
      this.#broker.newMemberId(options.instanceId ?? 'member'),
    );
  }

  transactions(options: TransactionOptions): TransactionPort {
    return new MemoryTransactions(this.#broker, options);
  }

  async read(at: TopicPartition, from: number, to: number, each: (batch: Batch) => void): Promise<void> {
    const log = this.#broker.log(at);
    for (let offset = from; offset < to; ) {
      const { records, nextOffset } = log.read(offset, READ_RECORDS, Number.POSITIVE_INFINITY, to);
      if (records.length > 0) each({ ...at, records, nextOffset });
      if (nextOffset <= offset) return;
      offset = nextOffset;
      // Lets a rebalance through between two batches of a long restore.
      await Promise.resolve();
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
