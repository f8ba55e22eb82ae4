import { describe, expect, test } from 'vitest';
import { TOPIC_PLAN } from '../../../schemas/topic-plan.ts';
import { TOPIC } from '../../../schemas/topics.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';
import { toolArguments, topics } from './topics-run.ts';

const CONFIGS = 'kafka.admin.ConfigCommand';
const TOPICS = 'org.apache.kafka.tools.TopicCommand';

describe('topics on a cluster of three brokers', () => {
  const kafka = useServer(() => kafkaServer({ own: true, brokers: 3 }));
  const environment = (): Record<string, string> => ({ KAFKA_BOOTSTRAP_SERVERS: kafka().bootstrap });

  async function tool(mainClass: string, args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await kafka().tool(mainClass, [
      '--bootstrap-server',
      kafka().bootstrap,
      ...args,
    ]);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('Exception')]);
    return stdout;
  }

  const alter = (topic: string, ...settings: readonly string[]): Promise<string> =>
    tool(CONFIGS, [
      '--alter',
      '--entity-type',
      'topics',
      '--entity-name',
      topic,
      '--add-config',
      settings.join(','),
    ]);

  test('check fails on a cluster without topics, and names each', async () => {
    const { code, out, err } = await topics(environment(), 'check');
    expect([code, err]).toEqual([4, '']);
    expect(out.match(/^ {2}broken: it is missing$/gm)).toHaveLength(TOPIC_PLAN.length);
  });

  test('more replicas than brokers are refused, and nothing is made', async () => {
    const { code, out, err } = await topics(environment(), 'create', '--replication', '4');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('give --replication 3');
    expect(await tool(TOPICS, ['--list'])).not.toContain('sepsis');
  });

  test('create makes all once, as planned; the tool of another make sees them so; check is clean', async () => {
    const first = await topics(environment(), 'create');
    expect([first.code, first.err]).toEqual([0, '']);
    expect(first.out.match(/ {2}created {4}12 partitions, 3 replicas$/gm)).toHaveLength(TOPIC_PLAN.length);
    const seen = await tool(TOPICS, ['--describe', '--topic', TOPIC.clinicalEvents]);
    expect(seen).toMatch(/PartitionCount: 12\s+ReplicationFactor: 3\s/);
    for (const setting of ['cleanup.policy=delete', 'min.insync.replicas=2', 'retention.ms=3888000000'])
      expect(seen).toContain(setting);
    const check = await topics(environment(), 'check', '--partitions', '12');
    expect([check.code, check.err]).toEqual([0, '']);
    expect(check.out).toMatch(/\nAll as planned\.\n$/);
    const second = await topics(environment(), 'create');
    expect(second.out.match(/ {2}unchanged {2}was there$/gm)).toHaveLength(TOPIC_PLAN.length);
    expect(second.out).toContain('0 created.');
  });

  test('check names each drift, create changes none of them, and the mends that it prints mend them', async () => {
    await alter(
      TOPIC.clinicalEvents,
      'retention.ms=604800000',
      'retention.bytes=1000000',
      'cleanup.policy=compact',
    );
    await alter(TOPIC.alerts, 'min.insync.replicas=1', 'unclean.leader.election.enable=true');
    await alter(TOPIC.deadLetters, 'max.message.bytes=1048588');
    const broken = await topics(environment(), 'check');
    expect(broken.code).toBe(4);
    expect(broken.out).toContain('\n6 broken:');
    await topics(environment(), 'create');
    expect(await topics(environment(), 'check')).toEqual(broken);
    const mends = [...broken.out.matchAll(/^ {4}mend: (kafka-configs .+)$/gm)].map(([, line = '']) => line);
    expect(mends).toHaveLength(6);
    for (const line of mends) await tool(CONFIGS, toolArguments(line));
    expect(await topics(environment(), 'check')).toMatchObject({ code: 0 });
  });

  test('a drift that makes no alert wrong is named and passes', async () => {
    await alter(TOPIC.labs, 'retention.ms=86400000', 'min.insync.replicas=3');
    const { code, out } = await topics(environment(), 'check');
    expect(code).toBe(0);
    expect(out).toContain('2 differ from the plan');
    await alter(TOPIC.labs, 'retention.ms=604800000', 'min.insync.replicas=2');
  });

  test('a topic that is missing gets the partitions of the one that it belongs to', async () => {
    await tool(TOPICS, ['--alter', '--topic', TOPIC.clinicalEvents, '--partitions', '14']);
    const apart = await topics(environment(), 'check');
    expect(apart.code).toBe(4);
    expect(apart.out).toContain(`12 partitions, but ${TOPIC.clinicalEvents} has 14`);
    for (const topic of [TOPIC.alerts, TOPIC.pages]) {
      await tool(TOPICS, ['--delete', '--topic', topic]);
      await expect.poll(async () => (await tool(TOPICS, ['--list'])).split('\n')).not.toContain(topic);
    }
    const refused = await topics(environment(), 'create', '--partitions', '12');
    expect([refused.code, refused.out]).toEqual([2, '']);
    expect(refused.err).toContain('give --partitions 14');
    const made = await topics(environment(), 'create');
    expect(made.out).toMatch(/^clinical\.alerts\.sepsis +created {4}14 partitions, 3 replicas$/m);
    expect(await topics(environment(), 'check')).toMatchObject({ code: 0 });
  });
});
