import { describe, expect, test } from 'vitest';
import { TOPIC_PLAN } from '../../../schemas/topic-plan.ts';
import { TOPIC } from '../../../schemas/topics.ts';
import { topics } from './topics-run.ts';

describe('topics, wrongly used', () => {
  test.for([
    [[], 'plan, create, check or acls'],
    [['delete'], 'plan, create, check or acls'],
    [['plan', 'more'], 'no argument more'],
    [['check', '--partitions', '0'], '--partitions 0 is no whole number'],
    [['create', '--replication', 'three'], '--replication three is no whole number'],
    [['plan', '--application', 'x'], '--application does not belong to topics plan'],
    [['acls', '--partitions', '3'], '--partitions does not belong to topics acls'],
    [['acls', 'king'], 'There is no role king; there are topology,'],
    [['acls', '--user', 'topology'], '--user topology is not ROLE=USER'],
    [['acls', '--user', 'king=arthur'], 'There is no role king'],
    [['acls', '--user', "topology=a' --cluster '"], 'is not ROLE=USER'],
    [['acls', '--application', 'a b'], '--application is a b'],
  ] as const)('%j', async ([args, says]) => {
    const { code, out, err } = await topics({}, ...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(says);
  });

  test.for(['create', 'check'])('%s names every fault of the configuration at once', async (task) => {
    const { code, err } = await topics({ KAFKA_TLS: 'yes', KAFKA_USERNAME: 'sepsis' }, task);
    expect(code).toBe(2);
    for (const name of ['KAFKA_BOOTSTRAP_SERVERS', 'KAFKA_TLS', 'KAFKA_PASSWORD'])
      expect(err).toContain(name);
  });

  test.for(['create', 'check'])('%s ends where nothing listens, and says where', async (task) => {
    const { code, out, err } = await topics({ KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1' }, task);
    expect([code, out]).toEqual([4, '']);
    expect(err).toContain('127.0.0.1:1');
  });
});

describe('topics plan', () => {
  test('holds every topic once, each with its reasons', async () => {
    expect(TOPIC_PLAN.map(({ name }) => name).sort()).toEqual(Object.values(TOPIC).sort());
    const { code, out, err } = await topics({}, 'plan');
    expect([code, err]).toEqual([0, '']);
    for (const { name, why, cleanup = 'delete', compacted } of TOPIC_PLAN) {
      expect(out).toMatch(new RegExp(`^${name} +12 +3 +2 +${cleanup} +\\d+ days +.+$`, 'm'));
      expect(out).toContain(why);
      expect(out).toMatch(new RegExp(`^  .*${name}.*: ${compacted}$`, 'm'));
    }
    expect(out).toMatch(/^sepsis\.clinical-events\.by-patient .* 45 days /m);
  });

  test.for([
    ['1', '1'],
    ['2', '1'],
    ['3', '2'],
    ['5', '4'],
  ] as const)('with %s replicas asks for %s in sync: one may be away', async ([replication, inSync]) => {
    const { out } = await topics({}, 'plan', '--partitions', '24', '--replication', replication);
    expect(out).toMatch(new RegExp(`^sepsis\\.audit +24 +${replication} +${inSync} `, 'm'));
  });
});

describe('topics acls', () => {
  const linesFor = async (role: string, ...more: string[]): Promise<string> =>
    (await topics({}, 'acls', role, ...more)).out;

  test('gives nobody a right on the cluster, on all topics, or to delete and alter', async () => {
    const { code, out, err } = await topics({}, 'acls');
    expect([code, err]).toEqual([0, '']);
    expect(out).not.toMatch(
      /--cluster|--topic '?\*|Operation All|--operation (?:All|Delete|Alter|ClusterAction)/i,
    );
    expect(out.match(/^# sepsis-\w+: /gm)).toHaveLength(7);
  });

  test.for([
    ['pagerduty', ['--topic clinical.alerts.sepsis --topic sepsis.pages --topic sepsis.pages.responses']],
    ['ehr', ['--topic clinical.alerts.sepsis', '--topic sepsis.audit']],
  ] as const)(
    'lets the sink %s read alerts and its own, and write transactions of its own alone',
    async ([role, reads]) => {
      const lines = (await linesFor(role)).split('\n');
      const read = lines.filter((line) => line.includes('--operation Read --topic'));
      expect(read.map((line) => line.split(' --operation Read ')[1])).toEqual(reads);
      const transactions = lines.filter((line) => line.includes('--transactional-id'));
      expect(transactions.map((line) => line.split(' --operation Write ')[1])).toEqual([
        `--transactional-id sepsis-streams-${role}- --resource-pattern-type prefixed`,
      ]);
    },
  );

  test('lets the sink ehr read what was paged, as a group of its own', async () => {
    const groups = (await linesFor('ehr')).match(/--group \S+/g);
    expect(groups).toEqual(['--group sepsis-streams-ehr', '--group sepsis-streams-ehr-pages']);
  });

  test('lets the publisher write inputs and dead letters and read nothing, auditor and subscriber read and write nothing', async () => {
    const publisher = await linesFor('publisher');
    expect(publisher).not.toContain('Read');
    expect([...publisher.matchAll(/--topic (sepsis\S+)/g)].map(([, topic]) => topic)).toEqual([
      TOPIC.deadLetters,
    ]);
    for (const role of ['auditor', 'subscriber']) expect(await linesFor(role)).not.toMatch(/Write|Create/);
    expect([...(await linesFor('subscriber')).matchAll(/--topic (\S+)/g)].map(([, topic]) => topic)).toEqual([
      TOPIC.alerts,
    ]);
  });

  test('names group and transactional ids after the application, and users as they are told', async () => {
    const out = await linesFor(
      'topology',
      '--application',
      'ward-7',
      '--user',
      'topology=CN=ward 7,O=Clinic',
    );
    expect(out).toContain('--operation Read --group ward-7\n');
    expect(out).toContain('--transactional-id ward-7- --resource-pattern-type prefixed\n');
    expect(out.match(/--allow-principal 'User:CN=ward 7,O=Clinic'/g)).toHaveLength(4);
  });

  test('prints a shell script: comments, blank lines and kafka-acls', async () => {
    const { out } = await topics({}, 'acls');
    for (const line of out.trimEnd().split('\n')) expect(line).toMatch(/^(?:# |kafka-acls |$)/);
  });
});
