import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { KafkaJsDriver } from '../../../connectors/kafkajs/driver.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { milliseconds, seconds } from '../../../topology/model/time.ts';
import type { ConsumerPort, KafkaDriver } from '../../../topology/ports/kafka-driver.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';

const kafka = useServer(() => kafkaServer());

const LIMITS = { maxRecords: 1, maxBytes: 1_000, waitMs: 20 };

/** Joins; gives the member when it has its partitions. */
async function member(driver: KafkaDriver, groupId: string, topic: string): Promise<ConsumerPort> {
  const consumer = driver.consumer({ groupId, sessionTimeout: seconds(6), rebalanceTimeout: seconds(6) });
  let assigned = false;
  await consumer.subscribe([topic], {
    onAssigned: () => {
      assigned = true;
    },
    onRevoked: () => Promise.resolve(),
  });
  while (!assigned) {
    await consumer.poll(LIMITS);
    await systemClock.sleep(milliseconds(10));
  }
  return consumer;
}

test.each([
  ['kafkajs', 'platformatic'],
  ['platformatic', 'kafkajs'],
] as const)(
  'a group of %s does not let in a member of %s, which would fence its owners in another way',
  async (...names) => {
    const access = {
      clientId: 'mixed',
      bootstrap: [kafka().bootstrap],
      requestTimeout: 10_000,
      connectTimeout: 3_000,
    };
    const made = {
      kafkajs: new KafkaJsDriver(access, systemClock),
      platformatic: new PlatformaticDriver(access, systemClock),
    };
    const [first, second] = [made[names[0]], made[names[1]]];
    const [groupId, topic] = [`mixed-${randomUUID()}`, `mixed-${randomUUID()}`];
    await first.admin().createTopics([{ name: topic, partitions: 2 }]);
    const there = await member(first, groupId, topic);
    await expect(member(second, groupId, topic)).rejects.toMatchObject({
      code: 'group-mixed',
      message: expect.stringContaining('KAFKA_DRIVER'),
    });
    // When they have gone it is a group of the other kind.
    await there.close();
    const other = await member(second, groupId, topic);
    await other.close();
    await Promise.all([first.close(), second.close()]);
  },
);
