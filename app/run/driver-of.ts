import type { Access } from '../../connectors/kafka-client/access.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { KafkaDriver } from '../../topology/ports/kafka-driver.ts';
import type { DriverName } from '../configuration/kafka.ts';

/** The driver of that name. Of the two client libraries only the one that is asked for is loaded. */
export async function driverOf(name: DriverName, access: Access, clock: Clock): Promise<KafkaDriver> {
  if (name === 'kafkajs') {
    const { KafkaJsDriver } = await import('../../connectors/kafkajs/driver.ts');
    return new KafkaJsDriver(access, clock);
  }
  const { PlatformaticDriver } = await import('../../connectors/platformatic/driver.ts');
  return new PlatformaticDriver(access, clock);
}
