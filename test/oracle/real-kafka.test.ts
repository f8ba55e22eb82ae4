import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { memorySchemaRegistry } from '../../connectors/memory/schema-registry.ts';
import { MemorySnapshotStore } from '../../connectors/memory/snapshot-store.ts';
import { bindCodecs } from '../../schemas/codecs/bind.ts';
import { SUBJECTS } from '../../schemas/codecs/subjects.ts';
import { TOPIC, topicsOf } from '../../schemas/topics.ts';
import { unlimited } from '../../topology/model/time.ts';
import type { KafkaDriver } from '../../topology/ports/kafka-driver.ts';
import { Worker } from '../../topology/runtime/worker.ts';
import { sepsis } from '../../topology/sepsis.ts';
import { kafkaServer } from '../servers/kafka.ts';
import { useServer } from '../servers/use-server.ts';
import { alertsDiffer, deadLettersDiffer } from './against.ts';
import { all } from './comparison.ts';
import { inOrder } from './orders.ts';
import { createTopics, deadLetterSeen, drained, ends, inputs, key, read } from './real-cluster.ts';
import { REAL_DRIVERS, realDriver } from './real-drivers.ts';
import { outgoing } from './screening-run.ts';
import { needs } from './shared-files.ts';
import { pidOf, STREAMS, synthetic } from './synthetic.ts';

/** A broker of its own: the topics have their real names. */
/** Records are as old as they were recorded: a broker would let go of them while they are read. */
const kafka = useServer(() => kafkaServer({ own: true, settings: { 'log.retention.ms': '-1' } }));

const CASES = Object.keys(REAL_DRIVERS).flatMap((driver) => STREAMS.map((name) => [driver, name] as const));

test.for(CASES)(
  'by the driver %s: recorded stream %s on a real Kafka, shuffled, three workers: alerts and dead letters as the oracle says',
  async ([driverName, name], context) => {
    needs(context, 'oracle/synthetic', name);
    const { records, deadLetters, rules, any } = synthetic(name);
    const registry = memorySchemaRegistry();
    for (const { subject, schema } of Object.values(SUBJECTS)) await registry.register(subject, schema);
    const codecs = await bindCodecs(registry);
    const snapshots = new MemorySnapshotStore();
    const client = (): KafkaDriver => realDriver(driverName, 'oracle', kafka().bootstrap);
    const drivers = Array.from({ length: 4 }, client);
    const [publisher = client(), ...theirs] = drivers;
    const admin = publisher.admin();
    // The second recording goes behind the first: what was there before is not read again.
    await createTopics(publisher);
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
            deadLetters: dead.map(deadLetterSeen),
          },
          deadLetters,
        ),
      ),
    ).toBe('');
    await Promise.all(drivers.map((driver) => driver.close()));
  },
);
