import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ClusterView, describeCluster } from '../../../docker/stack/kafka/describe-cluster.ts';
import { kafkaServer, type SharedKafka } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';

const view = (address: string, withinMs?: number): Promise<ClusterView> =>
  describeCluster(Number(address.split(':')[1]), withinMs);

const TOPICS = 'org.apache.kafka.tools.TopicCommand';

/** What Kafka's own tool says of the cluster's topics. */
async function topics(kafka: Pick<SharedKafka, 'tool' | 'bootstrap'>, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await kafka.tool(TOPICS, ['--bootstrap-server', kafka.bootstrap, ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

describe('the broker that a run shares', () => {
  const kafka = useServer(() => kafkaServer());

  test('answers, and is alone in its cluster', async () => {
    expect(await view(kafka().bootstrap)).toMatchObject({ brokers: 1 });
  });

  test('is the same for whoever asks again', async () => {
    expect((await kafkaServer()).bootstrap).toBe(kafka().bootstrap);
  });

  test('makes topics when asked, with six partitions', async () => {
    await topics(kafka(), '--create', '--topic', 'stack.made');
    expect(await topics(kafka(), '--describe', '--topic', 'stack.made')).toContain('PartitionCount: 6');
  });
});

describe('a broker of its own', () => {
  const kafka = useServer(() => kafkaServer({ own: true }));

  test('keeps its topics, its address and its cluster over a kill', async () => {
    const before = await view(kafka().bootstrap);
    await topics(kafka(), '--create', '--topic', 'kept');
    await kafka().kill();
    await expect(view(kafka().bootstrap)).rejects.toThrow();
    await kafka().restart();
    expect(await view(kafka().bootstrap)).toEqual(before);
    expect(await topics(kafka(), '--list', '--exclude-internal')).toBe('kept\n');
  });

  test('holds still while it is paused, and goes on', async () => {
    kafka().pause();
    await expect(view(kafka().bootstrap, 300)).rejects.toThrow(/no answer/);
    kafka().resume();
    expect(await view(kafka().bootstrap)).toMatchObject({ brokers: 1 });
  });

  test('is not the shared one, and writes into its own folder', async () => {
    expect((await kafkaServer()).bootstrap).not.toBe(kafka().bootstrap);
    const { log, launch } = kafka().brokers[0]?.process ?? {};
    expect(dirname(log ?? '')).toBe(launch?.folder);
    expect(existsSync(log ?? '')).toBe(true);
  });
});

describe('three brokers', () => {
  const kafka = useServer(() => kafkaServer({ brokers: 3, own: true }));

  test('know each other and keep each topic three times; two go on without the third', async () => {
    const addresses = kafka().brokers.map(({ address }) => address);
    expect(addresses.join(',')).toBe(kafka().bootstrap);
    const views = await Promise.all(addresses.map((address) => view(address)));
    expect(views.map(({ brokers }) => brokers)).toEqual([3, 3, 3]);
    expect(new Set(views.map(({ clusterId }) => clusterId)).size).toBe(1);
    await kafka().brokers[2]?.process.kill();
    const [first = '', second = ''] = addresses;
    const left = { bootstrap: `${first},${second}`, tool: kafka().tool };
    // Not at once: the others wait for the third one's session to run out.
    await expect.poll(async () => (await view(first)).brokers).toBe(2);
    await topics(left, '--create', '--topic', 'still', '--replication-factor', '2');
    await kafka().brokers[2]?.restart();
    await expect.poll(async () => (await view(first)).brokers).toBe(3);
  });
});
