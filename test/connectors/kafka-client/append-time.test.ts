import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { KafkaJsDriver } from '../../../connectors/kafkajs/driver.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { Cluster } from '../../../connectors/platformatic/cluster.ts';
import { createTopic } from '../../../connectors/platformatic/create-topic.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { seconds } from '../../../topology/model/time.ts';
import { readNow, records } from '../../conformance/kafka-driver/records.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';

const kafka = useServer(() => kafkaServer());

const access = () => ({
  clientId: 'append-time',
  bootstrap: kafka().bootstrap.split(','),
  requestTimeout: 10_000,
  connectTimeout: 3_000,
});

test.each([
  ['platformatic', () => new PlatformaticDriver(access(), systemClock)],
  ['kafkajs', () => new KafkaJsDriver(access(), systemClock)],
] as const)('where a topic has LogAppendTime a send says which time it was: %s', async (name, made) => {
  const topic = `append-time-${name}-${randomBytes(4).toString('hex')}`;
  const cluster = new Cluster(access());
  const settings = new Map([['message.timestamp.type', 'LogAppendTime']]);
  await createTopic(cluster, systemClock, { name: topic, partitions: 1, replication: -1, settings });
  await cluster.close();
  const driver = made();
  const port = driver.transactions({ transactionalId: topic, timeout: seconds(20) });
  await port.init();
  port.begin();
  const [run] = await port.send(topic, records('a', 'b'));
  await port.commit();
  expect(run?.appendTime).toBeGreaterThan(0);
  const where = { topic, partition: 0 };
  for (let there = 0; there < 2; ) there = (await readNow(driver, where)).length;
  const times = (await readNow(driver, where)).map(({ timestamp }) => timestamp);
  expect(times).toEqual([run?.appendTime, run?.appendTime]);
  await driver.close();
});
