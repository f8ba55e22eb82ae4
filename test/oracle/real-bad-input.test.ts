import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { memorySchemaRegistry } from '../../connectors/memory/schema-registry.ts';
import { TopicConfigs } from '../../connectors/platformatic/topic-configs.ts';
import { schemaRegistry } from '../../connectors/schema-registry/schema-registry.ts';
import { screeningRules } from '../../operators/screening-rules.ts';
import { bindCodecs, type Codecs } from '../../schemas/codecs/bind.ts';
import { SUBJECTS } from '../../schemas/codecs/subjects.ts';
import { TOPIC, topicsOf } from '../../schemas/topics.ts';
import { headerText, type KafkaRecord, type OutgoingRecord } from '../../topology/model/record.ts';
import { minutes } from '../../topology/model/time.ts';
import type { KafkaDriver } from '../../topology/ports/kafka-driver.ts';
import { Worker } from '../../topology/runtime/worker.ts';
import { sepsis } from '../../topology/sepsis.ts';
import { kafkaServer } from '../servers/kafka.ts';
import { registryWithSchemas } from '../servers/registry.ts';
import { useServer } from '../servers/use-server.ts';
import { type BadInput, badInputs, readings } from './bad-input.ts';
import { drained, ends, PARTITIONS, working } from './real-cluster.ts';
import { REAL_DRIVERS, realDriver } from './real-drivers.ts';
import { ended, readAll } from './real-reader.ts';
import { deadLettersDiffer } from './real-verdict.ts';

/** A broker for each driver: the topics have their real names, take large records, and another group's records are refused. */
const brokers = new Map(
  Object.keys(REAL_DRIVERS).map((name) => [name, useServer(() => kafkaServer({ own: true }))]),
);
const registry = useServer(registryWithSchemas);

const CASE = 'case';
/** Headers are bytes, and no text. */
const RAW = Buffer.from([0xff, 0x00, 0x80]);

interface Outcome {
  /** What was written, with the ids that the registry gave. */
  readonly inputs: readonly BadInput[];
  /** Place of each record that was written, by the case and its number in it. */
  readonly places: ReadonlyMap<string, string>;
  readonly deadLetters: readonly KafkaRecord[];
  /** Number of alerts by patient. */
  readonly alerts: ReadonlyMap<string, number>;
}

const patientOf = (number: number): string => `Patient/case-${number}`;

/** A case as it is written: a reading, what is bad, the other reading. All of one case go to one partition. */
function written({ topic, bad }: BadInput, number: number, codecs: Codecs): OutgoingRecord[] {
  const patient = patientOf(number);
  const [first, last] = readings(topic, patient, codecs);
  const key = topic === TOPIC.vitals ? null : Buffer.from(patient);
  const all = [{ key, value: first }, ...bad, { key, value: last }];
  return all.map((one, i) => ({
    key: one.key,
    value: one.value,
    timestamp: Date.now(),
    partition: number % PARTITIONS,
    headers: { [CASE]: Buffer.from(`${number}.${i}`), raw: RAW },
  }));
}

async function write(driver: KafkaDriver, one: BadInput, records: readonly OutgoingRecord[]): Promise<void> {
  if (one.transaction === undefined) {
    // Each for itself, so that each may be the last of a batch.
    for (const record of records) await driver.producer().send(one.topic, [record]);
    return;
  }
  const transactions = driver.transactions({
    transactionalId: `foreign-${randomUUID()}`,
    timeout: minutes(1),
  });
  await transactions.init();
  transactions.begin();
  await transactions.send(one.topic, records);
  await (one.transaction === 'committed' ? transactions.commit() : transactions.abort());
}

async function placesOf(driver: KafkaDriver): Promise<Map<string, string>> {
  const places = new Map<string, string>();
  for (const topic of [TOPIC.vitals, TOPIC.clinicalEvents])
    for (const [partition, records] of await readAll(driver, topic, new Map(), await ended(driver, topic)))
      for (const { offset, headers } of records) {
        const name = headerText(headers, CASE);
        if (name !== undefined) places.set(name, `${topic}/${partition}/${offset}`);
      }
  return places;
}

async function run(driverName: string): Promise<Outcome> {
  const { bootstrap } = brokers.get(driverName)?.() ?? {};
  if (bootstrap === undefined) throw new Error(`There is no broker for ${driverName}.`);
  const driver = realDriver(driverName, 'foreign', bootstrap);
  const configs = new TopicConfigs(
    { clientId: 'topics', bootstrap: [bootstrap], requestTimeout: 10_000, connectTimeout: 3_000 },
    systemClock,
  );
  const large = new Map([['max.message.bytes', String(4 * 1024 * 1024)]]);
  const topics = Object.values(TOPIC).map((name) => ({
    name,
    partitions: PARTITIONS,
    replication: 1,
    settings: large,
  }));
  await configs.create(topics, () => {});
  await configs.close();
  const schemas = schemaRegistry({ url: registry().url, clock: systemClock });
  const application = `bad-${randomUUID()}`;
  const workers = await Promise.all(
    ['a', 'b', 'c'].map(async (slot) => {
      const own = realDriver(driverName, slot, bootstrap);
      // Each asks for itself, as a process of its own does.
      const codecs = await bindCodecs(schemaRegistry({ url: registry().url, clock: systemClock }));
      const topology = sepsis(topicsOf(codecs), screeningRules({}));
      const settings = { topology, driver: own, clock: systemClock, application, slot, ticks: false };
      return { own, worker: new Worker({ ...settings, deadLetters: TOPIC.deadLetters }) };
    }),
  );
  const before = await ends(driver);
  const running = workers.map(({ worker }) => worker.run());
  const codecs = await bindCodecs(schemas);
  // A stranger's records in a topic of a group that has committed nothing yet would be taken for its own, of offsets that are gone.
  const [value] = readings(TOPIC.vitals, 'Patient/first', codecs);
  await driver.producer().send(TOPIC.vitals, [{ key: null, value, timestamp: Date.now() }]);
  await Promise.race([Promise.all(running), working(driver, application)]);
  const inputs = badInputs(codecs);
  for (const [number, one] of inputs.entries()) await write(driver, one, written(one, number, codecs));
  await Promise.race([Promise.all(running), drained(driver, application)]);
  await Promise.all(workers.map(({ worker }) => worker.stop()));
  await Promise.all(running);
  const read = async (topic: string): Promise<KafkaRecord[]> =>
    [...(await readAll(driver, topic, before, await ended(driver, topic))).values()].flat();
  const alerts = new Map<string, number>();
  for (const { value } of await read(TOPIC.alerts)) {
    const { patient } = codecs.sepsisAlert.decode(value ?? new Uint8Array());
    alerts.set(patient, (alerts.get(patient) ?? 0) + 1);
  }
  const outcome = {
    inputs,
    deadLetters: await read(TOPIC.deadLetters),
    alerts,
    places: await placesOf(driver),
  };
  await Promise.all([driver.close(), ...workers.map(({ own }) => own.close())]);
  return outcome;
}

const runs = new Map<string, Promise<Outcome>>();
const outcomeOf = (driver: string): Promise<Outcome> => {
  const made = runs.get(driver) ?? run(driver);
  runs.set(driver, made);
  return made;
};

/** The cases by name: of another registry, whose ids are others. */
const cases: readonly BadInput[] = await (async () => {
  const schemas = memorySchemaRegistry();
  for (const { subject, schema } of Object.values(SUBJECTS)) await schemas.register(subject, schema);
  return badInputs(await bindCodecs(schemas));
})();

const reasonOf = ({ headers }: KafkaRecord): string | undefined =>
  headerText(headers, '__streams.errors.reason');

describe.for(Object.keys(REAL_DRIVERS))('bad input on the real stack, by the driver %s', (driver) => {
  const numbered = cases.map(({ name, topic }, number) => ({ name, topic, number }));
  test.for(numbered)(
    '$name in $topic: a dead letter once, with its bytes and the reason, and the patient behind it has the alert',
    async ({ number }) => {
      const { inputs, deadLetters, alerts, places } = await outcomeOf(driver);
      const { bad, transaction } = inputs[number] as BadInput;
      const mine = deadLetters.filter(({ headers }) => headerText(headers, CASE)?.startsWith(`${number}.`));
      const seen = transaction !== 'aborted';
      const wanted = bad.flatMap(({ key, value, reason }, i) => {
        const place = places.get(`${number}.${i + 1}`);
        return seen && reason !== undefined ? [{ place: place ?? 'nowhere', key, value }] : [];
      });
      expect(deadLettersDiffer(mine, wanted)).toBe('');
      const reasons = seen ? bad.flatMap(({ reason }) => reason ?? []) : [];
      expect(mine.map(reasonOf)).toEqual(reasons);
      for (const { headers } of mine) expect(headers?.['raw']).toEqual(RAW);
      expect(alerts.get(patientOf(number))).toBe(seen ? 1 : undefined);
    },
  );

  test('there are no other dead letters, and no other alerts', async () => {
    const { deadLetters, alerts } = await outcomeOf(driver);
    const seen = cases.filter(({ transaction }) => transaction !== 'aborted');
    expect(deadLetters).toHaveLength(
      seen.flatMap(({ bad }) => bad.filter(({ reason }) => reason !== undefined)).length,
    );
    expect(alerts.size).toBe(seen.length);
  });
});
