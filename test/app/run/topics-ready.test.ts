import { describe, expect, test } from 'vitest';
import { TOPIC_PLAN } from '../../../schemas/topic-plan.ts';
import { TOPIC } from '../../../schemas/topics.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';
import { client } from './real-ward.ts';
import { RunProcess } from './run-process.ts';

const kafka = useServer(() => kafkaServer({ own: true }));

/** What the topology reads and writes: those of sinks are not its business. */
const NEEDED = TOPIC_PLAN.flatMap(({ name, sink }) => (sink === undefined ? [name] : []));

/** Nobody answers there: whatever asks the registry ends otherwise. */
const NOBODY = 'http://127.0.0.1:1';

async function refused(): Promise<{ readonly code: number | null; readonly text: string }> {
  const run = new RunProcess(['run', '--slot', 'a'], {
    KAFKA_BOOTSTRAP_SERVERS: kafka().bootstrap,
    SCHEMA_REGISTRY_URL: NOBODY,
  });
  return { code: await run.exit, text: run.text };
}

describe('run, before it joins', () => {
  test('names every topic that is missing, and what makes them; then those that do not fit each other', async () => {
    const none = await refused();
    expect(none.code).toBe(4);
    for (const name of NEEDED) expect(none.text).toContain(`${name} is missing.`);
    expect(none.text).toContain('sepsis-streams topics create');
    const driver = client(kafka().bootstrap);
    const all = NEEDED.filter((name) => name !== TOPIC.audit);
    await driver
      .admin()
      .createTopics(all.map((name) => ({ name, partitions: name === TOPIC.alerts ? 2 : 3 })));
    const some = await refused();
    expect(some.code).toBe(4);
    expect(some.text).toContain(`${TOPIC.audit} is missing.`);
    expect(some.text).not.toContain(`${TOPIC.vitals} is missing.`);
    expect(some.text).toContain(`${TOPIC.alerts} has 2 partitions, but ${TOPIC.clinicalEvents} has 3`);
    // Nobody has joined.
    expect(
      (await driver.admin().committed('sepsis-streams', [{ topic: TOPIC.vitals, partition: 0 }])).size,
    ).toBe(0);
    await driver.close();
  });

  test('waits for brokers that do not answer, tells so, and ends when it is told to', async () => {
    const run = new RunProcess(['run', '--slot', 'a'], {
      KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1',
      SCHEMA_REGISTRY_URL: NOBODY,
    });
    await run.told('retrying', { code: 'broker-unavailable' });
    run.signal('SIGTERM');
    expect(await run.exit).toBe(0);
  });
});
