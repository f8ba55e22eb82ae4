import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { memorySchemaRegistry } from '../../connectors/memory/schema-registry.ts';
import { MemorySnapshotStore } from '../../connectors/memory/snapshot-store.ts';
import { PlatformaticDriver } from '../../connectors/platformatic/driver.ts';
import { bindCodecs } from '../../schemas/codecs/bind.ts';
import { SUBJECTS } from '../../schemas/codecs/subjects.ts';
import { TOPIC, topicsOf } from '../../schemas/topics.ts';
import { headerText, type KafkaRecord } from '../../topology/model/record.ts';
import { seconds, unlimited } from '../../topology/model/time.ts';
import type { KafkaDriver } from '../../topology/ports/kafka-driver.ts';
import { Worker } from '../../topology/runtime/worker.ts';
import { sepsis } from '../../topology/sepsis.ts';
import { kafkaServer } from '../servers/kafka.ts';
import { useServer } from '../servers/use-server.ts';
import { alertsDiffer, deadLettersDiffer } from './against.ts';
import { all } from './comparison.ts';
import { inOrder } from './orders.ts';
import { outgoing } from './screening-run.ts';
import { needs } from './shared-files.ts';
import { pidOf, STREAMS, synthetic } from './synthetic.ts';

const PARTITIONS = 3;
/** A broker of its own: the topics have their real names. */
const kafka = useServer(() => kafkaServer({ own: true }));

test.for(STREAMS)(
  'recorded stream %s on a real Kafka, shuffled, three workers: alerts and dead letters as the oracle says',
  { timeout: 240_000 },
  async (name, context) => {
    needs(context, 'oracle/synthetic', name);
    const { records, deadLetters, rules, any } = synthetic(name);
    const registry = memorySchemaRegistry();
    for (const { subject, schema } of Object.values(SUBJECTS)) await registry.register(subject, schema);
    const codecs = await bindCodecs(registry);
    const snapshots = new MemorySnapshotStore();
    const client = (): KafkaDriver =>
      new PlatformaticDriver(
        { clientId: 'oracle', bootstrap: [kafka().bootstrap], requestTimeout: 10_000, connectTimeout: 3_000 },
        systemClock,
      );
    const drivers = Array.from({ length: 4 }, client);
    const [publisher = client(), ...theirs] = drivers;
    const admin = publisher.admin();
    // The second recording goes behind the first: what was there before is not read again.
    await admin.createTopics(Object.values(TOPIC).map((topic) => ({ name: topic, partitions: PARTITIONS })));
    const before = await ends(publisher);
    const application = `oracle-${randomUUID()}`;
    for (const topic of new Set(records.map((record) => record.topic))) {
      const of = inOrder(records, 'shuffled', 5).filter((record) => record.topic === topic);
      await publisher.producer().send(topic, of.map(outgoing));
    }
    for (const at of inputs) await admin.deleteRecords(at, before.get(key(at)) ?? 0);
    const workers = theirs.map(
      (driver, i) =>
        new Worker({
          topology: sepsis(topicsOf(codecs), rules({ lateness: unlimited })),
          driver,
          clock: systemClock,
          snapshots,
          application,
          slot: `slot-${i}`,
          deadLetters: TOPIC.deadLetters,
          ticks: false,
          limits: { pollRecords: Math.ceil(records.length / 20), snapshotRecords: 200 },
        }),
    );
    const running = workers.map((worker) => worker.run());
    await Promise.race([Promise.all(running), drained(publisher, application)]);
    await Promise.all(workers.map((worker) => worker.stop()));
    await Promise.all(running);
    const alerts = await read(publisher, TOPIC.alerts, before);
    const dead = await read(publisher, TOPIC.deadLetters, before);
    expect(
      all(
        alertsDiffer(
          {
            alerts: alerts.flatMap(({ value }) => (value === null ? [] : [codecs.sepsisAlert.decode(value)])),
          },
          pidOf,
          any,
        ),
        deadLettersDiffer(
          {
            deadLetters: dead.map(({ headers }) => {
              const offset = headerText(headers, 'recorded-offset');
              return {
                reason: headerText(headers, '__streams.errors.reason') ?? '',
                offset: offset === undefined ? undefined : Number(offset),
              };
            }),
          },
          deadLetters,
        ),
      ),
    ).toBe('');
    await Promise.all(drivers.map((driver) => driver.close()));
  },
);

const partitionsOf = (topic: string): { topic: string; partition: number }[] =>
  Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition }));
const key = ({ topic, partition }: { topic: string; partition: number }): string => `${topic}/${partition}`;
const inputs = [
  TOPIC.vitals,
  TOPIC.labs,
  TOPIC.encounters,
  TOPIC.medicationRequests,
  TOPIC.clinicalEvents,
].flatMap(partitionsOf);

async function ends(driver: KafkaDriver): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const at of Object.values(TOPIC).flatMap(partitionsOf))
    found.set(key(at), (await driver.admin().offsets(at)).end);
  return found;
}

/** Resolves when everything is committed, and stays so while the repartitioned records come. */
async function drained(driver: KafkaDriver, application: string): Promise<void> {
  for (let quiet = 0; quiet < 3; ) {
    await systemClock.sleep(seconds(0.3));
    const committed = await driver.admin().committed(application, inputs);
    let lag = 0;
    for (const at of inputs) {
      const { start, end } = await driver.admin().offsets(at);
      lag += end - Math.max(start, committed.get(key(at))?.offset ?? 0);
    }
    quiet = lag === 0 ? quiet + 1 : 0;
  }
}

async function read(
  driver: KafkaDriver,
  topic: string,
  from: ReadonlyMap<string, number>,
): Promise<KafkaRecord[]> {
  const records: KafkaRecord[] = [];
  for (const at of partitionsOf(topic)) {
    const { end } = await driver.admin().offsets(at);
    await driver.read(at, from.get(key(at)) ?? 0, end, (batch) => records.push(...batch.records));
  }
  return records;
}
