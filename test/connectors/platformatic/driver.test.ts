import { kafkaDriverConformance } from '../../conformance/kafka-driver.ts';
import { startKafkaProxy } from '../../servers/kafka-proxy/kafka-proxy.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';
import { realKafka } from './cluster-under-test.ts';

const proxy = useServer(async () => startKafkaProxy((await kafkaServer()).bootstrap));

kafkaDriverConformance('platformatic', () => Promise.resolve(realKafka(proxy(), 2)));
