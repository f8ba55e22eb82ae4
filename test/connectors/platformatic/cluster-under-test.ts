import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { milliseconds, seconds } from '../../../topology/model/time.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';
import type { KafkaUnderTest } from '../../conformance/kafka-driver/under-test.ts';

/** A real broker that other tests use too: every name is fresh. */
export function realKafka(bootstrap: string): KafkaUnderTest {
  const open: KafkaDriver[] = [];
  const driver = (): KafkaDriver => {
    const access = {
      clientId: 'conformance',
      bootstrap: [bootstrap],
      requestTimeout: 10_000,
      connectTimeout: 3_000,
    };
    const made = new PlatformaticDriver(access, systemClock);
    open.push(made);
    return made;
  };
  const fresh = (what: string): string => `${what}-${randomUUID()}`;
  return {
    driver,
    fresh,
    topic: async (partitions = 1) => {
      const name = fresh('topic');
      await driver().admin().createTopics([{ name, partitions }]);
      return name;
    },
    clock: systemClock,
    sessionTimeout: milliseconds(1_500),
    patience: seconds(30),
    faults: { timeouts: true },
    close: async () => {
      await Promise.all(open.map((one) => one.close()));
    },
  };
}
