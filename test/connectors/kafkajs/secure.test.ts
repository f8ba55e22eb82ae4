import { KafkaJsDriver } from '../../../connectors/kafkajs/driver.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { securedDriver } from '../kafka-client/secured-driver.ts';

securedDriver('kafkajs', (access) => new KafkaJsDriver(access, systemClock));
