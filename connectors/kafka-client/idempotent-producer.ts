import type { OutgoingRecord } from '../../topology/model/record.ts';
import type { Appended, ProducerPort } from '../../topology/ports/kafka-driver.ts';
import { InTurn } from './in-turn.ts';
import type { ProducerIdentity } from './producing.ts';

/** What an idempotent producer asks of real brokers, with one client library. */
export interface ProducerRequests {
  /** A new identity. */
  begin(): Promise<ProducerIdentity>;
  write(
    topic: string,
    records: readonly OutgoingRecord[],
    identity: ProducerIdentity,
  ): Promise<readonly Appended[]>;
}

/** An idempotent producer outside any transaction, one request at a time. After an error it begins anew under another identity. */
export class IdempotentProducer implements ProducerPort {
  readonly #requests: ProducerRequests;
  #identity: ProducerIdentity | undefined;
  readonly #calls = new InTurn();

  constructor(requests: ProducerRequests) {
    this.#requests = requests;
  }

  send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly Appended[]> {
    return this.#calls.do(() => this.#send(topic, records));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly Appended[]> {
    try {
      this.#identity ??= await this.#requests.begin();
      return await this.#requests.write(topic, records, this.#identity);
    } catch (error) {
      // Nobody knows what of it is there: its numbers must not be used again.
      this.#identity = undefined;
      throw error;
    }
  }
}
