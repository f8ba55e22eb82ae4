import { isStreamsError, StreamsError } from '../model/errors.ts';
import type { OutgoingRecord } from '../model/record.ts';
import type {
  Appended,
  ConsumerPort,
  GroupGeneration,
  OffsetCommits,
  ProducerPort,
  TransactionPort,
} from '../ports/kafka-driver.ts';

/**
 * The steps of a commit without a transaction: outputs first, and only when all of them are acknowledged the offsets.
 * What fails in between is read again, so its outputs come twice; nothing is lost.
 */
export class AtLeastOnce implements TransactionPort {
  readonly #producer: ProducerPort;
  readonly #consumer: ConsumerPort;
  #offsets: OffsetCommits = new Map();
  #generation: GroupGeneration | undefined;

  constructor(producer: ProducerPort, consumer: ConsumerPort) {
    this.#producer = producer;
    this.#consumer = consumer;
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  begin(): void {
    this.#offsets = new Map();
    this.#generation = undefined;
  }

  send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly Appended[]> {
    return this.#producer.send(topic, records);
  }

  sendOffsets(offsets: OffsetCommits, generation: GroupGeneration): Promise<void> {
    this.#offsets = offsets;
    this.#generation = generation;
    return Promise.resolve();
  }

  /** @throws StreamsError `commit-unknown` when the answer to the offsets was lost; else what the driver throws. */
  async commit(): Promise<void> {
    if (this.#generation === undefined) return;
    try {
      await this.#consumer.commit(this.#offsets, this.#generation);
    } catch (error) {
      if (isStreamsError(error) && error.code === 'request-timed-out')
        throw new StreamsError('commit-unknown', 'The answer to a commit of offsets was lost.', error);
      throw error;
    }
  }

  abort(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return this.#producer.close();
  }
}
