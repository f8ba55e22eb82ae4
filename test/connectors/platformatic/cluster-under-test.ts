import { randomUUID } from 'node:crypto';
import type { Access } from '../../../connectors/kafka-client/access.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { milliseconds, minutes } from '../../../topology/model/time.ts';
import type { Clock } from '../../../topology/ports/clock.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';
import type { KafkaUnderTest } from '../../conformance/kafka-driver/under-test.ts';
import type { KafkaProxy } from '../../servers/kafka-proxy/kafka-proxy.ts';
import type { ProxiedClient } from '../../servers/kafka-proxy/proxied-client.ts';
import { ProcessClock } from './process-clock.ts';

/** A driver as a process of its own: what it hears of the world, and the time it lives in. */
interface Process {
  readonly network: ProxiedClient;
  readonly clock: ProcessClock;
}

/** Under version 2 of the transaction protocol the broker knows what belongs to a transaction. */
const ADDED_BY_ITSELF = ['add-partitions', 'add-offsets'] as const;

/**
 * A real broker that other tests use too, so every name is fresh, behind a network on which things go wrong when a law says so.
 * A driver does nothing but wait for answers and for its clock: one that gets neither stands as still as a process that is stopped,
 * and one that never gets them again has ended. Only time-outs of its connections go on, which are longer than any law.
 */
export function realKafka(
  proxy: KafkaProxy,
  transactionVersion: 1 | 2,
  make: (access: Access, clock: Clock) => KafkaDriver = (access, clock) =>
    new PlatformaticDriver(access, clock),
): KafkaUnderTest {
  const open = new Map<KafkaDriver, Process>();
  const fresh = (what: string): string => `${what}-${randomUUID()}`;
  const driver = (): KafkaDriver => {
    const clientId = fresh('conformance');
    const clock = new ProcessClock(systemClock);
    const access = {
      clientId,
      bootstrap: proxy.bootstrap.split(','),
      requestTimeout: 10_000,
      connectTimeout: 3_000,
    };
    const made = make(access, clock);
    open.set(made, { network: proxy.client(clientId), clock });
    return made;
  };
  const processOf = (made: KafkaDriver): Process => {
    const process = open.get(made);
    if (process === undefined) throw new Error('This driver is not of this cluster.');
    return process;
  };
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
    patience: minutes(2),
    unasked: transactionVersion === 2 ? ADDED_BY_ITSELF : [],
    faults: {
      timeouts: true,
      lose: (made, request, what) => {
        let lost = false;
        void processOf(made)
          .network.lose(request, what)
          .then(() => (lost = true));
        return () => lost;
      },
      holdFetch: (made) => processOf(made).network.hold('fetch', 'answer'),
      kill: (made) => {
        const { network, clock } = processOf(made);
        clock.freeze();
        network.sever();
      },
      freeze: (made) => {
        const { network, clock } = processOf(made);
        const [thaw, wake] = [network.freeze(), clock.freeze()];
        return () => {
          thaw();
          wake();
        };
      },
    },
    close: async () => {
      // What is still frozen would keep its end to itself.
      for (const { network } of open.values()) network.sever();
      await Promise.all([...open.keys()].map((one) => one.close()));
    },
  };
}
