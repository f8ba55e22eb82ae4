import type { Clock } from '../../topology/ports/clock.ts';
import { again, PASSING } from '../kafka-client/again.ts';
import { IdempotentProducer } from '../kafka-client/idempotent-producer.ts';
import type { Cluster } from './cluster.ts';
import type { Compression } from './encode-batch.ts';
import { initProducerIdV5 } from './library.ts';
import { Producing } from './producing.ts';

/** An idempotent producer over connections of @platformatic/kafka. */
export class KafkaProducer extends IdempotentProducer {
  constructor(cluster: Cluster, clock: Clock, compression: Compression) {
    const producing = new Producing(cluster, clock, compression, null);
    super({
      begin: async () => {
        const { producerId, producerEpoch } = await again(clock, PASSING, () =>
          cluster.any((wire) => wire.call(initProducerIdV5.api, 'Beginning to produce', null, 0, -1n, -1)),
        );
        return { producerId, epoch: producerEpoch };
      },
      write: async (topic, records, { producerId, epoch }) => {
        producing.identify(producerId, epoch);
        const sent = await producing.send(await producing.byPartition(new Map([[topic, records]])), 11);
        return sent.get(topic) ?? [];
      },
    });
  }
}
