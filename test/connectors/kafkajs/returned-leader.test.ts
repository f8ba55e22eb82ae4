import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { KafkaJsDriver } from '../../../connectors/kafkajs/driver.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { seconds } from '../../../topology/model/time.ts';
import type { Assignment, ConsumerPort, KafkaDriver } from '../../../topology/ports/kafka-driver.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';
import { until } from '../../topology/cluster/until.ts';

const kafka = useServer(() => kafkaServer());

/** The only member of a group, under a slot name; how many partitions it has. */
async function member(driver: KafkaDriver, topic: string) {
  let owned: Assignment | undefined;
  const consumer: ConsumerPort = driver.consumer({
    groupId: topic,
    instanceId: 'slot',
    sessionTimeout: seconds(6),
    rebalanceTimeout: seconds(6),
  });
  await consumer.subscribe([topic], {
    onAssigned: (assignment) => {
      owned = assignment;
    },
    onRevoked: () => Promise.resolve(),
  });
  const has = async (count: number): Promise<boolean> => {
    await consumer.poll({ maxRecords: 1, maxBytes: 1_000, waitMs: 20 });
    return owned?.partitions.length === count;
  };
  return { consumer, has };
}

test.each([
  ['kafkajs', KafkaJsDriver],
  ['platformatic', PlatformaticDriver],
] as const)(
  '%s: a leader that came back under its slot finds partitions that are added',
  async (_, Driver) => {
    const { bootstrap, tool } = kafka();
    const limits = { requestTimeout: 10_000, connectTimeout: 3_000, metadataMaxAge: 300 };
    const driver = (): KafkaDriver =>
      new Driver({ clientId: 'c', bootstrap: [bootstrap], ...limits }, systemClock);
    const [first, second] = [driver(), driver()];
    const topic = `grown-${randomUUID()}`;
    await first.admin().createTopics([{ name: topic, partitions: 1 }]);
    const before = await member(first, topic);
    await until('its partition', () => before.has(1));
    await before.consumer.close('remain');
    const back = await member(second, topic);
    await until('its partition again', () => back.has(1));
    const args = ['--bootstrap-server', bootstrap, '--alter', '--topic', topic, '--partitions', '3'];
    expect(await tool('org.apache.kafka.tools.TopicCommand', args)).toMatchObject({ code: 0 });
    await until('the partitions that were added', () => back.has(3));
    await back.consumer.close();
    await Promise.all([first.close(), second.close()]);
  },
);
