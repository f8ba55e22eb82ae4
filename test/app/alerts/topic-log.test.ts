import { expect, test } from 'vitest';
import { TopicLog } from '../../../app/alerts/topic-log.ts';
import { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { minutes } from '../../../topology/model/time.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';

const TOPIC = 'alerts';

function cluster(partitions: number): { readonly broker: MemoryBroker; readonly driver: KafkaDriver } {
  const broker = new MemoryBroker();
  broker.createTopics([{ name: TOPIC, partitions }]);
  return { broker, driver: new MemoryDriver(broker) };
}

const record = (partition: number, text: string, timestamp: number) => ({
  key: null,
  value: Buffer.from(text),
  timestamp,
  partition,
});

async function unread(log: TopicLog): Promise<string[]> {
  const texts: string[] = [];
  for await (const { value } of log.unread()) texts.push(Buffer.from(value ?? '').toString());
  return texts;
}

test('partitions are one log by time, each in its own order, and nothing comes twice', async () => {
  const { broker, driver } = cluster(3);
  broker.append(TOPIC, [record(0, 'a1', 1), record(0, 'a5', 5), record(1, 'b3', 3), record(1, 'b2', 2)]);
  const log = new TopicLog(driver, TOPIC);
  expect(await unread(log)).toEqual(['a1', 'b3', 'b2', 'a5']);
  expect(await unread(log)).toEqual([]);
  broker.append(TOPIC, [record(2, 'c0', 0), record(0, 'a6', 6)]);
  expect(await unread(log)).toEqual(['c0', 'a6']);
});

test('of a long log every record comes', async () => {
  const { broker, driver } = cluster(2);
  const texts = Array.from({ length: 2_500 }, (_, i) => `r${i}`);
  broker.append(
    TOPIC,
    texts.map((text, i) => record(i % 2, text, i)),
  );
  expect(await unread(new TopicLog(driver, TOPIC))).toEqual(texts);
});

test('what was aborted never comes, and what is undecided comes when it is decided', async () => {
  const { driver } = cluster(1);
  const transactions = driver.transactions({ transactionalId: 't', timeout: minutes(1) });
  await transactions.init();
  const log = new TopicLog(driver, TOPIC);
  for (const [text, end] of [
    ['aborted', () => transactions.abort()],
    ['committed', () => transactions.commit()],
  ] as const) {
    transactions.begin();
    await transactions.send(TOPIC, [record(0, text, 1)]);
    expect(await unread(log)).toEqual([]);
    await end();
  }
  expect(await unread(log)).toEqual(['committed']);
});

test('a record that could not be made use of comes again, and none before it', async () => {
  const { broker, driver } = cluster(1);
  broker.append(TOPIC, [record(0, 'a', 1), record(0, 'b', 2), record(0, 'c', 3)]);
  const log = new TopicLog(driver, TOPIC);
  const failed = async (): Promise<void> => {
    for await (const { value } of log.unread())
      if (Buffer.from(value ?? '').toString() === 'b') throw new Error('not now');
  };
  await expect(failed()).rejects.toThrow('not now');
  expect(await unread(log)).toEqual(['b', 'c']);
});

test('partitions that are added, and logs that begin later, are gone on with', async () => {
  const { broker, driver } = cluster(1);
  broker.append(TOPIC, [record(0, 'a', 1)]);
  const log = new TopicLog(driver, TOPIC);
  expect(await unread(log)).toEqual(['a']);
  broker.append(TOPIC, [record(0, 'gone', 2), record(0, 'left', 3)]);
  await driver.admin().deleteRecords({ topic: TOPIC, partition: 0 }, 2);
  expect(await unread(log)).toEqual(['left']);
});

test('a topic that is not there is named', async () => {
  const { driver } = cluster(1);
  await expect(unread(new TopicLog(driver, 'nothing'))).rejects.toMatchObject({ code: 'topics-unfit' });
});
