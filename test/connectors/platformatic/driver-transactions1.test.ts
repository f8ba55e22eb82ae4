import { kafkaDriverConformance } from '../../conformance/kafka-driver.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { startKafkaProxy } from '../../servers/kafka-proxy/kafka-proxy.ts';
import { useServer } from '../../servers/use-server.ts';
import { realKafka } from './cluster-under-test.ts';

/** A cluster from before KIP-890, where a producer says by itself what belongs to its transaction. */
const proxy = useServer(async () =>
  startKafkaProxy((await kafkaServer({ transactionVersion: 1 })).bootstrap),
);

kafkaDriverConformance(
  'platformatic, transactions of version 1,',
  () => Promise.resolve(realKafka(proxy(), 1)),
  ({ needs }) => needs.includes('transactions'),
);
