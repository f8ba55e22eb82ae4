import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { schemaRegistry } from '../../connectors/schema-registry/schema-registry.ts';
import { bindCodecs } from '../../schemas/codecs/bind.ts';
import { TOPIC } from '../../schemas/topics.ts';
import { seconds } from '../../topology/model/time.ts';
import { kafkaServer } from '../servers/kafka.ts';
import { redisServer } from '../servers/redis.ts';
import { registryServer } from '../servers/registry.ts';
import { useServer } from '../servers/use-server.ts';
import { alertsDiffer, deadLettersDiffer } from './against.ts';
import { all } from './comparison.ts';
import { inOrder } from './orders.ts';
import { clientOf, createTopics, deadLetterSeen, drained, read } from './real-cluster.ts';
import { outgoing } from './screening-run.ts';
import { needs } from './shared-files.ts';
import { BASE, pidOf, synthetic } from './synthetic.ts';

/** Records are as old as they were recorded: a broker would let go of them while they are read. */
const kafka = useServer(() => kafkaServer({ own: true, settings: { 'log.retention.ms': '-1' } }));
const registry = useServer(() => registryServer({ own: true }));
const redis = useServer(() => redisServer({ own: true }));

const CLI = fileURLToPath(new URL('../../app/cli.ts', import.meta.url));
const APPLICATION = 'ward-7';
/** The recording's days pass in seconds, so while an instance is away the others run days ahead of it. */
const UNHURRIED = ['--lateness', 'unlimited'];

interface Instance {
  readonly process: ChildProcess;
  readonly lines: string[];
  readonly exit: Promise<unknown[]>;
}

function command(...args: readonly string[]): Instance {
  const process_ = spawn(process.execPath, [CLI, ...args], {
    env: {
      ...process.env,
      KAFKA_BOOTSTRAP_SERVERS: kafka().bootstrap,
      SCHEMA_REGISTRY_URL: registry().url,
      REDIS_HOST: redis().host,
      REDIS_PORT: String(redis().port),
    },
  });
  const lines: string[] = [];
  const keep = (chunk: Buffer): void => void lines.push(...chunk.toString().trim().split('\n'));
  process_.stdout.on('data', keep);
  process_.stderr.on('data', keep);
  return { process: process_, lines, exit: once(process_, 'exit') };
}

const runSlot = (slot: string, patients: string): Instance =>
  command(
    'run',
    '--application',
    APPLICATION,
    '--slot',
    slot,
    '--base',
    BASE,
    '--patients',
    patients,
    ...UNHURRIED,
  );

test('the commands on Kafka, a Schema Registry and Redis, an instance killed and restarted: as the oracle says, and a clean end', async (context) => {
  needs(context, 'oracle/synthetic', 'seed20260105');
  const { records, deadLetters, any, patients } = synthetic('seed20260105');
  const file = join(mkdtempSync(join(tmpdir(), 'run-')), 'patients.ndjson');
  writeFileSync(file, patients.map((patient) => `${JSON.stringify(patient)}\n`).join(''));
  const driver = clientOf(kafka().bootstrap);
  await createTopics(driver);
  // A worker registers nothing by itself.
  const unregistered = runSlot('a', file);
  expect((await unregistered.exit)[0]).toBe(2);
  expect(unregistered.lines.join('\n')).toContain('schemas register');
  expect((await command('schemas', 'register').exit)[0]).toBe(0);
  const instances = new Map(['a', 'b', 'c'].map((slot) => [slot, runSlot(slot, file)]));
  const producer = driver.producer();
  const fed = inOrder(records, 'as-is', 0);
  for (const [i, record] of fed.entries()) {
    await producer.send(record.topic, [outgoing(record)]);
    if (i === Math.floor(fed.length / 2)) {
      const victim = instances.get('b');
      victim?.process.kill('SIGKILL');
      await victim?.exit;
      instances.set('b', runSlot('b', file));
    }
  }
  await drained(driver, APPLICATION);
  await systemClock.sleep(seconds(1));
  for (const { process: one } of instances.values()) one.kill('SIGTERM');
  const codes = await Promise.all([...instances.values()].map(async ({ exit }) => (await exit)[0]));
  expect(codes).toEqual([0, 0, 0]);
  const codecs = await bindCodecs(schemaRegistry({ url: registry().url, clock: systemClock }));
  const from = new Map<string, number>();
  const alerts = (await read(driver, TOPIC.alerts, from)).flatMap(({ value }) =>
    value === null ? [] : [codecs.sepsisAlert.decode(value)],
  );
  const dead = (await read(driver, TOPIC.deadLetters, from)).map(deadLetterSeen);
  expect(
    all(alertsDiffer({ alerts }, pidOf, any), deadLettersDiffer({ deadLetters: dead }, deadLetters)),
  ).toBe('');
  const said = [...instances.values()].flatMap(({ lines }) => lines).join('\n');
  expect(said).toMatch(/"event":"restored"/);
  // What the log says holds no patient.
  expect(said).not.toMatch(/Patient\/|p0\d\d/);
  await driver.close();
});
