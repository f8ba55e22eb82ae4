import { kafkaDriverConformance } from '../../conformance/kafka-driver.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';
import { realKafka } from './cluster-under-test.ts';

const kafka = useServer(() => kafkaServer());

kafkaDriverConformance('platformatic', () => Promise.resolve(realKafka(kafka().bootstrap)));
