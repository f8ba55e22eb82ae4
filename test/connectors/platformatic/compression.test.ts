import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { fetchRaw } from '../../../connectors/platformatic/apis.ts';
import { Cluster } from '../../../connectors/platformatic/cluster.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { text } from '../../../topology/model/codec.ts';
import { seconds } from '../../../topology/model/time.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';
import { until } from '../../topology/cluster/until.ts';

const kafka = useServer(() => kafkaServer());

/** The codecs by their number in the attributes of a batch. */
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
const READ_UNCOMMITTED = 0;
type Codec = (typeof CODECS)[number];

/** More than any block of any codec (64 KB in lz4, 32 KB in snappy), some of it like the rest and some like nothing. */
const LINES = Array.from({ length: 3_000 }, (_, i) =>
  i % 3 === 0
    ? `${i} ${randomBytes(90).toString('base64')}`
    : `${i} {"resourceType":"Observation","status":"final"}`,
);

const access = () => ({
  clientId: 'compression',
  bootstrap: kafka().bootstrap.split(','),
  requestTimeout: 10_000,
  connectTimeout: 3_000,
});

/** A driver that writes with the codec, or with what it takes by itself. */
const driverOf = (codec?: Codec): PlatformaticDriver => new PlatformaticDriver(access(), systemClock, codec);

async function topicOf(driver: PlatformaticDriver, name: string): Promise<string> {
  const topic = `${name}-${randomBytes(4).toString('hex')}`;
  await driver.admin().createTopics([{ name: topic, partitions: 1 }]);
  return topic;
}

async function linesIn(driver: PlatformaticDriver, topic: string): Promise<string[]> {
  const at = { topic, partition: 0 };
  const lines: string[] = [];
  const { end } = await driver.admin().offsets(at);
  await driver.read(at, 0, end, ({ records }) => {
    for (const { value } of records) lines.push(value === null ? '' : text.decode(value));
  });
  return lines;
}

/** How the first batch of the topic is packed, as the broker gives it. */
async function codecIn(topic: string): Promise<Codec | undefined> {
  const cluster = new Cluster(access());
  try {
    const { id } = await cluster.topic(topic);
    const wire = await cluster.leader({ topic, partition: 0 }, 'fetch');
    const partition = {
      partition: 0,
      currentLeaderEpoch: -1,
      fetchOffset: 0n,
      lastFetchedEpoch: -1,
      partitionMaxBytes: 1 << 20,
    };
    const asked = [{ topicId: id, partitions: [partition] }];
    const [answer] = await wire.call(
      fetchRaw,
      'a batch',
      0,
      1,
      1 << 20,
      READ_UNCOMMITTED,
      0,
      -1,
      asked,
      [],
      '',
    );
    return CODECS[(answer?.batches?.readInt16BE(21) ?? -1) & 7];
  } finally {
    await cluster.close();
  }
}

const to = (): string[] => ['--bootstrap-server', kafka().bootstrap];

describe('compression', () => {
  test.each(CODECS)('%s: what the Java producer packs is read as it was', async (codec) => {
    const driver = driverOf();
    const topic = await topicOf(driver, `from-java-${codec}`);
    const { code, stderr } = await kafka().tool(
      'org.apache.kafka.tools.ConsoleProducer',
      [...to(), '--topic', topic, '--compression-codec', codec, '--batch-size', '500000', '--timeout', '500'],
      LINES.map((line) => `${line}\n`).join(''),
    );
    expect(code, stderr).toBe(0);
    expect(await codecIn(topic)).toBe(codec);
    expect(await linesIn(driver, topic)).toEqual(LINES);
    await driver.close();
  });

  test('what is packed here the Java consumer reads as it was, in each codec', async () => {
    const driver = driverOf();
    const topics: string[] = [];
    for (const codec of CODECS) {
      const packing = driverOf(codec);
      const topic = await topicOf(packing, `to-java-${codec}`);
      const records = LINES.map((line) => ({
        key: null,
        value: text.encode(line),
        timestamp: systemClock.now(),
      }));
      await packing.producer().send(topic, records);
      expect(await codecIn(topic)).toBe(codec);
      expect(await linesIn(driver, topic)).toEqual(LINES);
      topics.push(topic);
      await packing.close();
    }
    const { stdout } = await kafka().tool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
      ...to(),
      ...`--include ${topics.join('|')} --from-beginning`.split(' '),
      ...`--max-messages ${CODECS.length * LINES.length} --timeout-ms 30000`.split(' '),
    ]);
    expect(stdout.trimEnd().split('\n').toSorted()).toEqual(CODECS.flatMap(() => LINES).toSorted());
    await driver.close();
  });

  test('lz4 unless told, in transactions too', async () => {
    const driver = driverOf();
    const topic = await topicOf(driver, 'by-default');
    const port = driver.transactions({ transactionalId: topic, timeout: seconds(10) });
    // The brokers' own topic for it is made with the first of all transactions.
    await until('a producer', () => port.init().then(() => true));
    port.begin();
    await port.send(topic, [{ key: null, value: text.encode('x'), timestamp: 1 }]);
    await port.commit();
    expect(await codecIn(topic)).toBe('lz4');
    await driver.close();
  });
});
