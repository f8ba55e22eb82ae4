import { kafkaDriverConformance } from '../../conformance/kafka-driver.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { startKafkaProxy } from '../../servers/kafka-proxy/kafka-proxy.ts';
import { useServer } from '../../servers/use-server.ts';
import { realKafka } from './cluster-under-test.ts';

/** The same laws on three brokers with `KAFKA_BROKERS=3`. */
const brokers = process.env['KAFKA_BROKERS'] === '3' ? 3 : 1;
const proxy = useServer(async () => startKafkaProxy((await kafkaServer({ brokers })).bootstrap));

kafkaDriverConformance('platformatic', () => Promise.resolve(realKafka(proxy(), 2)));
