import type { MemoryBroker } from '../../../../connectors/memory/broker.ts';
import type { OutgoingRecord } from '../../../../topology/model/record.ts';
import type {
  AdminPort,
  AfterClose,
  Appended,
  Batch,
  Capabilities,
  CommittedOffset,
  ConsumerOptions,
  ConsumerPort,
  GroupGeneration,
  KafkaDriver,
  OffsetCommits,
  PolledBatch,
  PollLimits,
  ProducerPort,
  RebalanceListener,
  TopicPartition,
  TransactionOptions,
  TransactionPort,
} from '../../../../topology/ports/kafka-driver.ts';
import type { Dress } from '../cluster-under-test.ts';

/** A defect, its name, the rule that it breaks, and a word of what the law says then. */
export type Defect = readonly [defect: Dress, name: string, rule: string, says: RegExp];

/** A driver that passes everything on: what is broken is overridden. */
export class DressedDriver implements KafkaDriver {
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly inner: KafkaDriver;

  constructor(inner: KafkaDriver) {
    this.inner = inner;
    this.name = inner.name;
    this.capabilities = inner.capabilities;
  }
  admin(): AdminPort {
    return this.inner.admin();
  }
  consumer(options: ConsumerOptions): ConsumerPort {
    return this.inner.consumer(options);
  }
  transactions(options: TransactionOptions): TransactionPort {
    return this.inner.transactions(options);
  }
  producer(): ProducerPort {
    return this.inner.producer();
  }
  read(at: TopicPartition, from: number, to: number, each: (batch: Batch) => void): Promise<number> {
    return this.inner.read(at, from, to, each);
  }
  close(): Promise<void> {
    return this.inner.close();
  }
}

export class DressedConsumer implements ConsumerPort {
  readonly inner: ConsumerPort;

  constructor(inner: ConsumerPort) {
    this.inner = inner;
  }
  subscribe(topics: readonly string[], listener: RebalanceListener): Promise<void> {
    return this.inner.subscribe(topics, listener);
  }
  poll(limits: PollLimits): Promise<readonly PolledBatch[]> {
    return this.inner.poll(limits);
  }
  seek(at: TopicPartition, offset: number): void {
    this.inner.seek(at, offset);
  }
  pause(at: TopicPartition): void {
    this.inner.pause(at);
  }
  stepOver(at: readonly TopicPartition[]): Promise<readonly PolledBatch[]> {
    return this.inner.stepOver(at);
  }
  committed(at: readonly TopicPartition[]): Promise<ReadonlyMap<string, CommittedOffset>> {
    return this.inner.committed(at);
  }
  commit(offsets: OffsetCommits, generation: GroupGeneration): Promise<void> {
    return this.inner.commit(offsets, generation);
  }
  close(membership?: AfterClose): Promise<void> {
    return this.inner.close(membership);
  }
}

export class DressedTransactions implements TransactionPort {
  readonly inner: TransactionPort;

  constructor(inner: TransactionPort) {
    this.inner = inner;
  }
  init(): Promise<void> {
    return this.inner.init();
  }
  begin(): void {
    this.inner.begin();
  }
  send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly Appended[]> {
    return this.inner.send(topic, records);
  }
  sendOffsets(offsets: OffsetCommits, generation: GroupGeneration): Promise<void> {
    return this.inner.sendOffsets(offsets, generation);
  }
  commit(): Promise<void> {
    return this.inner.commit();
  }
  abort(): Promise<void> {
    return this.inner.abort();
  }
  close(): Promise<void> {
    return this.inner.close();
  }
}

class WithConsumer extends DressedDriver {
  readonly #dressed: (inner: ConsumerPort) => ConsumerPort;
  constructor(inner: KafkaDriver, dressed: (inner: ConsumerPort) => ConsumerPort) {
    super(inner);
    this.#dressed = dressed;
  }
  override consumer(options: ConsumerOptions): ConsumerPort {
    return this.#dressed(this.inner.consumer(options));
  }
}

/** A driver whose consumers are dressed. */
export const consumer =
  (dressed: (inner: ConsumerPort, broker: MemoryBroker) => ConsumerPort): Dress =>
  (driver, broker) =>
    new WithConsumer(driver, (inner) => dressed(inner, broker));

class WithTransactions extends DressedDriver {
  readonly #dressed: (inner: TransactionPort) => TransactionPort;
  constructor(inner: KafkaDriver, dressed: (inner: TransactionPort) => TransactionPort) {
    super(inner);
    this.#dressed = dressed;
  }
  override transactions(options: Parameters<KafkaDriver['transactions']>[0]): TransactionPort {
    return this.#dressed(this.inner.transactions(options));
  }
}

/** A driver whose transactional producers are dressed. */
export const transactions =
  (dressed: (inner: TransactionPort) => TransactionPort): Dress =>
  (driver) =>
    new WithTransactions(driver, dressed);
