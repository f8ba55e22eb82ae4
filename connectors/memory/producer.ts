import type { OutgoingRecord } from '../../topology/model/record.ts';
import type { Appended, ProducerPort } from '../../topology/ports/kafka-driver.ts';
import { byPartition, Partitioner } from '../kafka-client/partitioner.ts';
import type { MemoryBroker } from './broker.ts';
import type { Client } from './client.ts';

/** A producer outside any transaction. What is not acknowledged may be there all the same. */
export class MemoryProducer implements ProducerPort {
  readonly #broker: MemoryBroker;
  readonly #client: Client;
  readonly #partitioner: Partitioner;

  constructor(broker: MemoryBroker, client: Client) {
    this.#broker = broker;
    this.#client = client;
    this.#partitioner = new Partitioner((topic) => broker.partitions(topic));
  }

  async send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly Appended[]> {
    const batches = [...byPartition(topic, records, this.#partitioner)];
    return this.#client.link.call('produce', () =>
      this.#broker.apply((state) =>
        batches.map(([partition, batch]) => ({
          partition,
          offset: state.produce({ topic, partition }, batch),
          records: batch,
        })),
      ),
    );
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
