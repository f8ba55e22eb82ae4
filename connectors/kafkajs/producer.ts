import type { Clock } from '../../topology/ports/clock.ts';
import { again, PASSING } from '../kafka-client/again.ts';
import { IdempotentProducer } from '../kafka-client/idempotent-producer.ts';
import { Producing } from '../kafka-client/producing.ts';
import { initProducerId } from './apis.ts';
import type { Cluster } from './cluster.ts';
import { writeTo } from './producing.ts';
import { assertDone } from './protocol-error.ts';

/** An idempotent producer over connections of kafkajs. */
export class KafkaJsProducer extends IdempotentProducer {
  constructor(cluster: Cluster, clock: Clock) {
    const producing = new Producing(cluster, clock, false);
    const what = 'Beginning to produce';
    super({
      begin: () =>
        again(clock, PASSING, async () => {
          const { errorCode, producerId, producerEpoch } = await cluster.any((wire) =>
            wire.call(initProducerId(null, 0), what),
          );
          assertDone(errorCode, what);
          return { producerId: BigInt(producerId), epoch: producerEpoch };
        }),
      write: async (topic, records, { producerId, epoch }) => {
        producing.identify(producerId, epoch);
        const partitioned = await producing.byPartition(new Map([[topic, records]]));
        return (await producing.send(partitioned, writeTo(cluster, null))).get(topic) ?? [];
      },
    });
  }
}
