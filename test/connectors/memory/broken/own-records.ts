import type { OutgoingRecord } from '../../../../topology/model/record.ts';
import {
  type Appended,
  type Assignment,
  type Batch,
  type ConsumerPort,
  type PolledBatch,
  partitionKey,
  type RebalanceListener,
  type TopicPartition,
} from '../../../../topology/ports/kafka-driver.ts';
import type { Dress } from '../cluster-under-test.ts';
import {
  consumer,
  type Defect,
  DressedConsumer,
  DressedDriver,
  DressedTransactions,
  transactions,
} from './dressed-driver.ts';

/** As a client that goes to the end of what is there, whatever stands before it. */
const stepsOverRecords: Dress = consumer(
  (inner, broker) =>
    new (class extends DressedConsumer {
      readonly #positions = new Map<string, number>();
      #assignment: Assignment | undefined;
      override subscribe(topics: readonly string[], listener: RebalanceListener): Promise<void> {
        return super.subscribe(topics, {
          onAssigned: (assignment) => {
            this.#assignment = assignment;
            listener.onAssigned(assignment);
          },
          onRevoked: (assignment, why) => listener.onRevoked(assignment, why),
        });
      }
      override seek(at: TopicPartition, offset: number): void {
        this.#positions.set(partitionKey(at), offset);
        super.seek(at, offset);
      }
      override async poll(...[limits]: Parameters<ConsumerPort['poll']>): Promise<readonly PolledBatch[]> {
        const batches = await super.poll(limits);
        for (const batch of batches) this.#positions.set(partitionKey(batch), batch.nextOffset);
        return batches;
      }
      override stepOver(where: readonly TopicPartition[]): Promise<readonly PolledBatch[]> {
        const assignment = this.#assignment;
        if (assignment === undefined) return Promise.resolve([]);
        const stepped = where.flatMap(({ topic, partition }) => {
          const nextOffset = broker.log({ topic, partition }).stableEnd;
          if (nextOffset <= (this.#positions.get(`${topic}/${partition}`) ?? nextOffset)) return [];
          this.seek({ topic, partition }, nextOffset);
          return [{ topic, partition, records: [], nextOffset, more: false, assignment }];
        });
        return Promise.resolve(stepped);
      }
    })(inner),
);

const stepsOverNothing: Dress = consumer(
  (inner) =>
    new (class extends DressedConsumer {
      override stepOver(): Promise<readonly PolledBatch[]> {
        return Promise.resolve([]);
      }
    })(inner),
);

/** As a client that counts what it sends, and knows nothing of what others write, nor of control records. */
const countsItsOwnAlone: Dress = transactions(
  (inner) =>
    new (class extends DressedTransactions {
      readonly #ends = new Map<string, number>();
      override async send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly Appended[]> {
        return (await super.send(topic, records)).map((run) => {
          const key = `${topic}/${run.partition}`;
          const offset = this.#ends.get(key) ?? run.offset;
          this.#ends.set(key, offset + run.records.length);
          return { ...run, offset };
        });
      }
    })(inner),
);

const saysItReadAll: Dress = (driver) =>
  new (class extends DressedDriver {
    override async read(
      at: TopicPartition,
      from: number,
      to: number,
      each: (batch: Batch) => void,
    ): Promise<number> {
      await super.read(at, from, to, each);
      return to;
    }
  })(driver);

/** What can be wrong with a driver for who reads what it writes. */
export const OWN_RECORDS: readonly Defect[] = [
  [
    stepsOverRecords,
    'steps over records',
    'control records and what was aborted are stepped over, and records are not',
    /deeply equal/,
  ],
  [
    stepsOverNothing,
    'steps over nothing',
    'control records and what was aborted are stepped over, and records are not',
    /a step to 2/,
  ],
  [
    countsItsOwnAlone,
    'counts its own records alone',
    'a send in a transaction says where each of its records stands',
    /deeply equal/,
  ],
  [
    saysItReadAll,
    'says that it has read all',
    'a read says how far it came: what is undecided it does not pass',
    /deeply equal/,
  ],
];
