import type { Access } from '../../connectors/kafka-client/access.ts';
import { KafkaJsDriver } from '../../connectors/kafkajs/driver.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../connectors/platformatic/driver.ts';
import type { KafkaDriver } from '../../topology/ports/kafka-driver.ts';

const accessTo = (clientId: string, bootstrap: string): Access => ({
  clientId,
  bootstrap: [bootstrap],
  requestTimeout: 10_000,
  connectTimeout: 3_000,
});

/** Every driver of real brokers, by name: what is proved of one is proved of all. */
export const REAL_DRIVERS: Readonly<Record<string, (clientId: string, bootstrap: string) => KafkaDriver>> = {
  platformatic: (clientId, bootstrap) => new PlatformaticDriver(accessTo(clientId, bootstrap), systemClock),
  kafkajs: (clientId, bootstrap) => new KafkaJsDriver(accessTo(clientId, bootstrap), systemClock),
};

/** @throws Error for a name that is none. */
export function realDriver(name: string, clientId: string, bootstrap: string): KafkaDriver {
  const make = REAL_DRIVERS[name];
  if (make === undefined) throw new Error(`There is no driver ${name}.`);
  return make(clientId, bootstrap);
}
