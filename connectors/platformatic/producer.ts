import { initProducerIdV5 } from '@platformatic/kafka';
import type { OutgoingRecord } from '../../topology/model/record.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { Appended, ProducerPort } from '../../topology/ports/kafka-driver.ts';
import { again, PASSING } from '../kafka-client/again.ts';
import { InTurn } from '../kafka-client/in-turn.ts';
import type { Cluster } from './cluster.ts';
import type { Compression } from './encode-batch.ts';
import { Producing } from './producing.ts';

/** An idempotent producer outside any transaction, one request at a time. After an error it begins anew under another identity. */
export class KafkaProducer implements ProducerPort {
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #producing: Producing;
  #identified = false;
  readonly #calls = new InTurn();

  constructor(cluster: Cluster, clock: Clock, compression: Compression) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#producing = new Producing(cluster, clock, compression, null);
  }

  send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly Appended[]> {
    return this.#calls.do(() => this.#send(topic, records));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly Appended[]> {
    try {
      if (!this.#identified) {
        const { producerId, producerEpoch } = await again(this.#clock, PASSING, () =>
          this.#cluster.any((wire) =>
            wire.call(initProducerIdV5.api, 'Beginning to produce', null, 0, -1n, -1),
          ),
        );
        this.#producing.identify(producerId, producerEpoch);
        this.#identified = true;
      }
      const batches = await this.#producing.byPartition(topic, records);
      return await this.#producing.send(topic, batches, 11);
    } catch (error) {
      // Nobody knows what of it is there: its numbers must not be used again.
      this.#identified = false;
      throw error;
    }
  }
}
