import { describe, expect, test } from 'vitest';
import { kafkaSettings } from '../../../app/configuration/kafka.ts';
import { LAYOUT } from '../../../app/topics/topic-settings.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { memorySchemaRegistry } from '../../../connectors/memory/schema-registry.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import type { SecureKafka } from '../../../docker/stack/kafka/secure.ts';
import { screeningRules } from '../../../operators/screening-rules.ts';
import { bindCodecs } from '../../../schemas/codecs/bind.ts';
import { SUBJECTS } from '../../../schemas/codecs/subjects.ts';
import { TOPIC, topicsOf } from '../../../schemas/topics.ts';
import { seconds } from '../../../topology/model/time.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';
import { Worker } from '../../../topology/runtime/worker.ts';
import { sepsis } from '../../../topology/sepsis.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';
import { respiratoryRate, systolic } from '../replay/vital-signs.ts';
import { toolArguments, topics } from './topics-run.ts';

const APPLICATION = 'ward-7';

describe('the rights that are printed are enough, and no more', () => {
  const kafka = useServer(() => kafkaServer({ own: true, secure: true }));
  const open: KafkaDriver[] = [];

  function secure(): SecureKafka {
    const { secure } = kafka();
    if (secure === undefined) throw new Error('it is not secured');
    return secure;
  }

  const environment = (role: string): Record<string, string> => ({
    KAFKA_BOOTSTRAP_SERVERS: secure().saslSsl,
    KAFKA_TLS_CA_FILE: secure().ca,
    KAFKA_USERNAME: `sepsis-${role}`,
    KAFKA_PASSWORD: `${role}-pw`,
  });

  function driverOf(role: string): KafkaDriver {
    const faults: string[] = [];
    const driver = new PlatformaticDriver(kafkaSettings(environment(role), role, faults), systemClock);
    expect(faults).toEqual([]);
    open.push(driver);
    return driver;
  }

  /** As an administrator does it: over the listener where whoever comes may do everything. */
  async function administrate(mainClass: string, args: readonly string[]): Promise<void> {
    const { code, stdout, stderr } = await kafka().tool(mainClass, [
      '--bootstrap-server',
      kafka().bootstrap,
      ...args,
    ]);
    expect([code, stdout + stderr]).toEqual([0, expect.not.stringContaining('Exception')]);
  }

  const user = (role: string): Promise<void> =>
    administrate('kafka.admin.ConfigCommand', [
      '--alter',
      '--entity-type',
      'users',
      '--entity-name',
      `sepsis-${role}`,
      '--add-config',
      `SCRAM-SHA-512=[iterations=4096,password=${role}-pw]`,
    ]);

  async function grant(role: string): Promise<void> {
    const { out } = await topics({}, 'acls', role, '--application', APPLICATION);
    const lines = out.split('\n').filter((line) => line.startsWith('kafka-acls '));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) await administrate('org.apache.kafka.tools.AclCommand', toolArguments(line));
  }

  /** Values of a topic, as this role may read them. */
  async function valuesOf(driver: KafkaDriver, topic: string): Promise<number> {
    let count = 0;
    for (let partition = 0; partition < LAYOUT.partitions; partition++) {
      const at = { topic, partition };
      const { start, end } = await driver.admin().offsets(at);
      await driver.read(at, start, end, ({ records }) => {
        count += records.length;
      });
    }
    return count;
  }

  test('topics create and check are refused without them, and do their work with them', async () => {
    await user('topics');
    const before = await topics(environment('topics'), 'check');
    expect([before.code, before.out]).toEqual([4, '']);
    expect(before.err).toMatch(/Topic fhir\.[\w.]+: the broker says TOPIC_AUTHORIZATION_FAILED.*topics acls/);
    await grant('topics');
    expect(await topics(environment('topics'), 'create', '--replication', '1')).toMatchObject({
      code: 0,
      err: '',
    });
    expect(await topics(environment('topics'), 'check', '--replication', '1')).toMatchObject({
      code: 0,
      out: expect.stringContaining('All as planned.'),
      err: '',
    });
  });

  test('a wrong password ends with 4 and says where to look', async () => {
    const { code, out, err } = await topics({ ...environment('topics'), KAFKA_PASSWORD: 'planted' }, 'check');
    expect([code, out]).toEqual([4, '']);
    expect(err).toContain('KAFKA_PASSWORD');
    expect(err).not.toContain('planted');
  });

  test('the topology screens what the publisher sends, and the auditor reads what came of it', async () => {
    for (const role of ['topology', 'publisher', 'auditor']) {
      await user(role);
      await grant(role);
    }
    const registry = memorySchemaRegistry();
    for (const { subject, schema } of Object.values(SUBJECTS)) await registry.register(subject, schema);
    const worker = new Worker({
      topology: sepsis(topicsOf(await bindCodecs(registry)), screeningRules({ lateness: seconds(3_600) })),
      driver: driverOf('topology'),
      clock: systemClock,
      application: APPLICATION,
      slot: 'a',
      deadLetters: TOPIC.deadLetters,
    });
    const running = worker.run();
    const now = new Date(systemClock.now()).toISOString();
    const publisher = driverOf('publisher');
    const values = [respiratoryRate('r', now, 24), systolic('s', now, 90), 'no JSON'];
    await publisher.producer().send(
      TOPIC.vitals,
      values.map((value) => ({ key: null, value: Buffer.from(value), timestamp: systemClock.now() })),
    );
    const auditor = driverOf('auditor');
    const audited = async (): Promise<number[]> => {
      const counts: number[] = [];
      for (const topic of [TOPIC.vitals, TOPIC.alerts, TOPIC.audit, TOPIC.deadLetters])
        counts.push(await valuesOf(auditor, topic));
      return counts;
    };
    // A worker that is refused something ends, and the test with it.
    const done = expect.poll(audited, { interval: 500 }).toEqual([3, 1, 1, 1]);
    await Promise.race([done, running.then(() => done)]);
    await worker.stop();
    await running;

    const refused = { code: 'not-authorized' };
    await expect(valuesOf(publisher, TOPIC.alerts)).rejects.toMatchObject(refused);
    await expect(valuesOf(auditor, TOPIC.clinicalEvents)).rejects.toMatchObject(refused);
    const record = { key: null, value: Buffer.from('x'), timestamp: systemClock.now() };
    await expect(publisher.producer().send(TOPIC.clinicalEvents, [record])).rejects.toMatchObject(refused);
    await expect(auditor.producer().send(TOPIC.audit, [record])).rejects.toMatchObject(refused);
    await Promise.all(open.map((driver) => driver.close()));
  });
});
