import { randomUUID } from 'node:crypto';
import { isStreamsError } from '../../../../topology/model/errors.ts';
import type { OutgoingRecord } from '../../../../topology/model/record.ts';
import type {
  Appended,
  GroupGeneration,
  KafkaDriver,
  OffsetCommits,
  TransactionPort,
} from '../../../../topology/ports/kafka-driver.ts';
import type { Dress } from '../cluster-under-test.ts';
import { DressedDriver, DressedTransactions, transactions } from './dressed-driver.ts';

export const commitsWithoutGeneration: Dress = transactions(
  (inner) =>
    new (class extends DressedTransactions {
      override sendOffsets(offsets: OffsetCommits, { groupId }: GroupGeneration): Promise<void> {
        return super.sendOffsets(offsets, { groupId, generation: -1, memberId: '' });
      }
    })(inner),
);

export const takesALostAnswerForSuccess: Dress = transactions(
  (inner) =>
    new (class extends DressedTransactions {
      override async commit(): Promise<void> {
        try {
          await super.commit();
        } catch (error) {
          if (!isStreamsError(error) || error.code !== 'commit-unknown') throw error;
        }
      }
    })(inner),
);

export const takesASendForDone: Dress = transactions(
  (inner) =>
    new (class extends DressedTransactions {
      override send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly Appended[]> {
        return super.send(topic, records).catch(() => []);
      }
    })(inner),
);

/** As a client that remembers that offsets were added, and not which. */
export const keepsTheFirstOffsetsOnly: Dress = transactions(
  (inner) =>
    new (class extends DressedTransactions {
      #added = false;
      override begin(): void {
        this.#added = false;
        super.begin();
      }
      override async sendOffsets(offsets: OffsetCommits, generation: GroupGeneration): Promise<void> {
        if (this.#added) return;
        this.#added = true;
        await super.sendOffsets(offsets, generation);
      }
    })(inner),
);

export const swallowsAborts: Dress = transactions(
  (inner) =>
    new (class extends DressedTransactions {
      override abort(): Promise<void> {
        return super.commit();
      }
    })(inner),
);

/** Each producer with an id of its own fences nobody. */
export const fencesNobody: Dress = (driver) =>
  new (class extends DressedDriver {
    override transactions({
      transactionalId,
      timeout,
    }: Parameters<KafkaDriver['transactions']>[0]): TransactionPort {
      return super.transactions({ transactionalId: `${transactionalId}/${randomUUID()}`, timeout });
    }
  })(driver);

export const spreadsByLength: Dress = (driver, broker) =>
  new (class extends DressedDriver {
    override producer(): ReturnType<KafkaDriver['producer']> {
      const inner = super.producer();
      return {
        close: () => inner.close(),
        send: (topic, records) =>
          inner.send(
            topic,
            records.map((one) => placed(one, broker.partitions(topic))),
          ),
      };
    }
  })(driver);

/** As a client that sends in parts, and takes what it gets for one batch. */
export const countsPartsFromTheFirst: Dress = (driver) =>
  new (class extends DressedDriver {
    override producer(): ReturnType<KafkaDriver['producer']> {
      const inner = super.producer();
      return {
        close: () => inner.close(),
        send: async (topic, records) => {
          const half = Math.ceil(records.length / 2);
          const first = await inner.send(topic, records.slice(0, half));
          const rest = await inner.send(topic, records.slice(half));
          return [...first, ...rest].map((run) => {
            const before = first.find(({ partition }) => partition === run.partition);
            return before === undefined || before === run
              ? run
              : { ...run, offset: before.offset + before.records.length };
          });
        },
      };
    }
  })(driver);

/** A hash that is made positive in another way than Java's client does. */
const placed = (one: OutgoingRecord, partitions = 1): OutgoingRecord =>
  one.partition !== undefined || one.key === null ? one : { ...one, partition: one.key.length % partitions };
