import { KafkaJsDriver } from '../../../connectors/kafkajs/driver.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { reauthenticating } from '../kafka-client/reauthenticating.ts';

// The library renews a session ten seconds before its end.
reauthenticating('kafkajs', 10_300, (access) => new KafkaJsDriver(access, systemClock));
