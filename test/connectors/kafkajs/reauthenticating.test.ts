import { KafkaJsDriver } from '../../../connectors/kafkajs/driver.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { reauthenticating } from '../kafka-client/reauthenticating.ts';

reauthenticating('kafkajs', 1_300, (access) => new KafkaJsDriver(access, systemClock));
