import type { MemoryBroker } from '../../../../connectors/memory/broker.ts';
import type { KafkaRecord } from '../../../../topology/model/record.ts';
import {
  type Batch,
  type ConsumerPort,
  type PolledBatch,
  partitionKey,
  type RebalanceListener,
  type TopicPartition,
} from '../../../../topology/ports/kafka-driver.ts';
import type { Dress } from '../cluster-under-test.ts';
import { consumer, DressedConsumer, DressedDriver } from './dressed-driver.ts';

/** A consumer whose batches are altered on their way, by where they began. */
class Altering extends DressedConsumer {
  readonly #alter: (batch: PolledBatch, from: number) => PolledBatch;
  readonly #positions = new Map<string, number>();
  constructor(inner: ConsumerPort, alter: (batch: PolledBatch, from: number) => PolledBatch) {
    super(inner);
    this.#alter = alter;
  }
  override seek(at: TopicPartition, offset: number): void {
    this.#positions.set(partitionKey(at), offset);
    super.seek(at, offset);
  }
  override async poll(...[limits]: Parameters<ConsumerPort['poll']>): Promise<readonly PolledBatch[]> {
    const batches = await super.poll(limits);
    return batches.map((batch) => {
      const from = this.#positions.get(partitionKey(batch)) ?? batch.nextOffset;
      this.#positions.set(partitionKey(batch), batch.nextOffset);
      return this.#alter(batch, from);
    });
  }
}

/** Everything that was appended in the range of a batch, also what was aborted. */
const uncommitted = (broker: MemoryBroker, batch: Batch, from: number): readonly KafkaRecord[] =>
  broker.log(batch).read(from, 1e9, 1e9, { committed: false, before: batch.nextOffset }).records;

export const leaksAborted: Dress = consumer(
  (inner, broker) =>
    new Altering(inner, (batch, from) => ({ ...batch, records: uncommitted(broker, batch, from) })),
);

/** As a client that keeps one aborted range per fetch: what is aborted after it in the same fetch is let through. */
export const keepsOneAbortedRange: Dress = consumer(
  (inner, broker) =>
    new Altering(inner, (batch, from) => {
      const committed = new Set(batch.records.map(({ offset }) => offset));
      const all = uncommitted(broker, batch, from);
      const first = all.findIndex(({ offset }) => !committed.has(offset));
      const rest = all.findIndex(({ offset }, i) => i > first && committed.has(offset));
      const records = all.filter((one, i) => committed.has(one.offset) || (rest >= 0 && i > rest));
      return first < 0 ? batch : { ...batch, records };
    }),
);

/** As a client that has no pause for single partitions. */
export const pausesNothing: Dress = consumer(
  (inner) =>
    new (class extends DressedConsumer {
      override pause(): void {}
    })(inner),
);

/** As a client that takes the first and the last aborted record for one range. */
export const hidesBetweenAborted: Dress = consumer(
  (inner, broker) =>
    new Altering(inner, (batch, from) => {
      const committed = new Set(batch.records.map(({ offset }) => offset));
      const aborted = uncommitted(broker, batch, from).filter(({ offset }) => !committed.has(offset));
      const [first, last] = [aborted[0]?.offset ?? 0, aborted.at(-1)?.offset ?? 0];
      return { ...batch, records: batch.records.filter(({ offset }) => offset < first || offset > last) };
    }),
);

export const stopsAtControlRecords: Dress = consumer(
  (inner) =>
    new Altering(inner, (batch, from) => ({
      ...batch,
      nextOffset: (batch.records.at(-1)?.offset ?? from - 1) + 1,
    })),
);

export const losesNullValues: Dress = consumer(
  (inner) =>
    new Altering(inner, (batch) => ({
      ...batch,
      records: batch.records.map((one) => ({ ...one, value: one.value ?? new Uint8Array(0) })),
    })),
);

export const readsHeadersAsText: Dress = consumer(
  (inner) =>
    new Altering(inner, (batch) => ({
      ...batch,
      records: batch.records.map((one) => {
        const headers: Record<string, Uint8Array> = {};
        for (const [name, bytes] of Object.entries(one.headers ?? {})) {
          headers[name] = Buffer.from(Buffer.from(bytes).toString());
        }
        return { ...one, headers };
      }),
    })),
);

export const readsUnstableOffsets: Dress = consumer(
  (inner, broker) =>
    new (class extends DressedConsumer {
      #groupId = '';
      override subscribe(topics: readonly string[], listener: RebalanceListener): Promise<void> {
        return super.subscribe(topics, {
          onAssigned: (assignment) => {
            this.#groupId = assignment.generation.groupId;
            listener.onAssigned(assignment);
          },
          onRevoked: (assignment, why) => listener.onRevoked(assignment, why),
        });
      }
      override committed(at: readonly TopicPartition[]): ReturnType<ConsumerPort['committed']> {
        return Promise.resolve(broker.committedOf(this.#groupId, at));
      }
    })(inner),
);

export const goesToTheStartSilently: Dress = consumer(
  (inner, broker) =>
    new (class extends DressedConsumer {
      override seek(at: TopicPartition, offset: number): void {
        const { start, end } = broker.log(at);
        super.seek(at, offset < start || offset > end ? start : offset);
      }
    })(inner),
);

export const readsBeyondTheEnd: Dress = (driver) =>
  new (class extends DressedDriver {
    override read(
      at: TopicPartition,
      from: number,
      _: number,
      each: (batch: Batch) => void,
    ): Promise<number> {
      return super.read(at, from, Number.MAX_SAFE_INTEGER, each);
    }
  })(driver);
