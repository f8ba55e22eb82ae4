import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { partitionOf } from '../../connectors/kafka-client/murmur2.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { schemaRegistry } from '../../connectors/schema-registry/schema-registry.ts';
import { newAuthority } from '../../docker/stack/certificates.ts';
import { avroCodec } from '../../schemas/codecs/avro.ts';
import { SUBJECTS } from '../../schemas/codecs/subjects.ts';
import type { ClinicalEvent } from '../../schemas/generated/clinical-event.ts';
import { TOPIC } from '../../schemas/topics.ts';
import { headerText, type KafkaRecord } from '../../topology/model/record.ts';
import { PARTITIONS, RealWard, until } from '../app/run/real-ward.ts';
import { RunProcess } from '../app/run/run-process.ts';
import { plain, scripted } from '../connectors/schema-registry/scripted-registry.ts';
import { vitalSigns } from '../schemas/avro/samples.ts';
import { kafkaServer } from '../servers/kafka.ts';
import { registryServer } from '../servers/registry.ts';
import { useServer } from '../servers/use-server.ts';
import { type Mode, RegistryProxy } from './registry-proxy.ts';

const kafka = useServer(() => kafkaServer({ own: true }));
const registry = useServer(() => registryServer({ own: true }));

let ward: RealWard;
let proxy: RegistryProxy;
const running = new Set<RunProcess>();

function run(slot: string, url: string): RunProcess {
  const process = new RunProcess(['run', '--slot', slot], {
    KAFKA_BOOTSTRAP_SERVERS: kafka().bootstrap,
    SCHEMA_REGISTRY_URL: url,
  });
  running.add(process);
  return process;
}

beforeAll(async () => {
  ward = new RealWard(kafka().bootstrap);
  await ward.driver
    .admin()
    .createTopics(Object.values(TOPIC).map((name) => ({ name, partitions: PARTITIONS })));
  const schemas = schemaRegistry({ url: registry().url, clock: systemClock });
  for (const { subject, schema } of Object.values(SUBJECTS)) await schemas.register(subject, schema);
  proxy = await RegistryProxy.before(registry().url);
});
afterEach(async () => {
  for (const one of running) one.signal('SIGKILL');
  await Promise.all([...running].map(({ exit }) => exit));
  running.clear();
});
afterAll(async () => {
  await proxy?.stop();
  await ward?.close();
});

/** How a start at a registry ended, whether it said that it tries again, and the setting that it names. */
interface Ended {
  readonly code: number | null;
  readonly retried: boolean;
  readonly names: string | undefined;
}

const SETTINGS = ['SCHEMA_REGISTRY_CA_FILE', 'SCHEMA_REGISTRY_PASSWORD', 'SCHEMA_REGISTRY_URL'];

async function startedAt(slot: string, url: string): Promise<Ended> {
  const process = run(slot, url);
  const code = await process.exit;
  const retried = process.of('retrying').some((line) => line['code'] === 'registry-unavailable');
  return { code, retried, names: SETTINGS.find((name) => process.text.includes(name)) };
}

describe('at the start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sepsis-registry-start-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const certificates = useServer(async () => {
    const authority = await newAuthority(folder);
    const { key, certificate } = await authority.issue('registry', ['IP:127.0.0.1']);
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(certificate, 'utf8') };
  });

  test('a registry that cannot be used ends it with code 4 and the setting to check; what may pass is tried again before, and that is told', async () => {
    const faults: readonly (readonly [string, Mode])[] = [
      ['is cut off', 'cut'],
      ['does not answer in time', 'silent'],
      ['answers with 500', 500],
      ['answers with 401', 401],
      ['answers with 404', 404],
    ];
    const proxies = await Promise.all(faults.map(([, mode]) => RegistryProxy.before(registry().url, mode)));
    const untrusted = await scripted([plain('', 500)], certificates());
    const names = [...faults.map(([name]) => name), 'has a certificate that is not trusted'];
    const ends = await Promise.all(
      [...proxies, untrusted].map(async ({ url }, i) => [names[i], await startedAt(`s${i}`, url)] as const),
    );
    await Promise.all(proxies.map((one) => one.stop()));
    const ended = (retried: boolean, names: string): Ended => ({ code: 4, retried, names });
    expect(Object.fromEntries(ends)).toEqual({
      'is cut off': ended(true, 'SCHEMA_REGISTRY_URL'),
      'does not answer in time': ended(true, 'SCHEMA_REGISTRY_URL'),
      'answers with 500': ended(true, 'SCHEMA_REGISTRY_URL'),
      'answers with 401': ended(false, 'SCHEMA_REGISTRY_PASSWORD'),
      'answers with 404': ended(false, 'SCHEMA_REGISTRY_URL'),
      'has a certificate that is not trusted': ended(false, 'SCHEMA_REGISTRY_CA_FILE'),
    });
  });
});

/** What the next build writes: a field more. */
const NEXT = ((): string => {
  const schema: { fields: object[] } = JSON.parse(SUBJECTS.clinicalEvent.schema);
  return JSON.stringify({
    ...schema,
    fields: [...schema.fields, { name: 'device', type: ['null', 'string'], default: null }],
  });
})();

/** Two events that raise an alert, as a build writes them that has this id for its schema. */
function eventsOf(patient: string, schema: string, id: number): Uint8Array[] {
  const codec = avroCodec<object>(schema, { id, name: 'next' });
  const signs: readonly ClinicalEvent['measurements'][number][] = [
    { kind: 'RESPIRATORY_RATE', value: 30, unitAssumed: false, code: '9279-1' },
    { kind: 'SYSTOLIC_BP', value: 80, unitAssumed: false, code: '8480-6' },
  ];
  return signs.map((sign) =>
    codec.encode({
      ...vitalSigns,
      patient,
      resourceId: `${patient}-${sign.code}`,
      time: Date.now(),
      measurements: [sign],
      device: 'monitor 4',
    }),
  );
}

const keyed = (patient: string, values: readonly Uint8Array[]) =>
  values.map((value) => ({ key: Buffer.from(patient), value, timestamp: Date.now() }));

const place = (patient: string): number => partitionOf(Buffer.from(patient), PARTITIONS);

async function deadLetters(): Promise<KafkaRecord[]> {
  const found: KafkaRecord[] = [];
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const at = { topic: TOPIC.deadLetters, partition };
    const { end } = await ward.driver.admin().offsets(at);
    await ward.driver.read(at, 0, end, ({ records }) => found.push(...records));
  }
  return found;
}

describe('while it works', () => {
  test('without a registry all goes on; a schema that only the registry knows parks its partition until that answers, and an id that nobody has is a dead letter', async () => {
    proxy.mode = 503;
    const instance = run('a', proxy.url);
    await instance.told('retrying', { code: 'registry-unavailable' });
    proxy.mode = 'passes';
    await instance.told('started');
    for (let partition = 0; partition < PARTITIONS; partition++) await ward.sick(partition);
    await ward.settled();

    // All ids of this build are known: nobody is asked, and nothing is missed.
    proxy.mode = 'cut';
    const asked = proxy.asked;
    for (let partition = 0; partition < PARTITIONS; partition++) await ward.sick(partition);
    await ward.settled();
    expect(proxy.asked).toBe(asked);

    // A newer build begins to write in the middle of the outage; its registration went another way.
    const schemas = schemaRegistry({ url: registry().url, clock: systemClock });
    const next = await schemas.register(SUBJECTS.clinicalEvent.subject, NEXT);
    const waiting = 'Patient/of-the-next-build';
    const stopped = place(waiting);
    const producer = ward.driver.producer();
    await producer.send(TOPIC.clinicalEvents, keyed(waiting, eventsOf(waiting, NEXT, next)));
    await instance.told('parked', { topic: TOPIC.clinicalEvents, partition: stopped });
    const behind = await ward.sick(stopped);
    const beside = await ward.sick((stopped + 1) % PARTITIONS);
    await ward.alerted(beside);
    for (const mode of ['silent', 500, 401] as const) {
      proxy.mode = mode;
      const before = proxy.asked;
      await until(async () => (proxy.asked > before ? true : undefined));
    }
    const also = await ward.sick((stopped + 2) % PARTITIONS);
    await ward.alerted(also);
    const early = await ward.alerts();
    expect([early.get(waiting), early.get(behind)]).toEqual([undefined, undefined]);
    proxy.mode = 'passes';
    await instance.told('unparked', { topic: TOPIC.clinicalEvents, partition: stopped });
    for (const patient of [waiting, behind]) await ward.alerted(patient);
    expect(await deadLetters()).toEqual([]);

    // An id that the registry denies, in the middle of records that can be read.
    const nobodys = 'Patient/of-no-schema';
    const [one = new Uint8Array(), other = new Uint8Array()] = eventsOf(nobodys, NEXT, next);
    const unknown = Buffer.from(one);
    unknown.writeInt32BE(2_000_000_000, 1);
    await producer.send(TOPIC.clinicalEvents, keyed(nobodys, [one, unknown, other]));
    await ward.alerted(nobodys);
    const [letter, ...more] = await deadLetters();
    expect(more).toEqual([]);
    expect(headerText(letter?.headers, '__streams.errors.reason')).toBe('unknown-schema');
    expect([letter?.key, letter?.value]).toEqual([Buffer.from(nobodys), unknown]);
    for (const [patient, alerts] of await ward.alerts()) expect([patient, alerts]).toEqual([patient, 1]);
    instance.signal('SIGTERM');
    expect(await instance.exit).toBe(0);
  });
});
