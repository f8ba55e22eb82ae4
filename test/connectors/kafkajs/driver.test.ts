import { KafkaJsDriver } from '../../../connectors/kafkajs/driver.ts';
import { kafkaDriverConformance } from '../../conformance/kafka-driver.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { startKafkaProxy } from '../../servers/kafka-proxy/kafka-proxy.ts';
import { useServer } from '../../servers/use-server.ts';
import { realKafka } from '../platformatic/cluster-under-test.ts';

const proxy = useServer(async () => startKafkaProxy((await kafkaServer()).bootstrap));

kafkaDriverConformance('kafkajs', () =>
  // Whatever the cluster has agreed on, the library speaks version 1 of the transaction protocol.
  Promise.resolve(realKafka(proxy(), 1, (access, clock) => new KafkaJsDriver(access, clock))),
);
