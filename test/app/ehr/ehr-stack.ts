import { afterAll, afterEach, beforeAll, expect, onTestFailed } from 'vitest';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { schemaRegistry } from '../../../connectors/schema-registry/schema-registry.ts';
import type { SinkRecord } from '../../../connectors/sink/sink.ts';
import { bindCodecs } from '../../../schemas/codecs/bind.ts';
import type { AuditEvent } from '../../../schemas/generated/audit-event.ts';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import { TOPIC, type Topics, topicsOf } from '../../../schemas/topics.ts';
import type { KafkaRecord } from '../../../topology/model/record.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';
import { fhirServer } from '../../servers/fhir.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { registryServer } from '../../servers/registry.ts';
import { useServer } from '../../servers/use-server.ts';
import { client, until } from '../run/real-ward.ts';
import { RunProcess } from '../run/run-process.ts';

const encoder = new TextEncoder();
const PARTITIONS = 2;
export const GROUP = 'sepsis-streams-ehr';

/** Kafka, a Schema Registry and a FHIR server, for the tests of one file. */
export class EhrStack {
  driver!: KafkaDriver;
  topics!: Topics;
  readonly #running = new Set<RunProcess>();
  readonly #kafka = useServer(() => kafkaServer({ own: true }));
  readonly #registry = useServer(() => registryServer({ own: true }));
  readonly #fhir = useServer(() => fhirServer());

  constructor() {
    beforeAll(async () => {
      this.driver = client(this.#kafka().bootstrap);
      expect(await this.start(['schemas', 'register']).exit).toBe(0);
      const names = [TOPIC.alerts, TOPIC.audit, TOPIC.deadLetters];
      await this.driver.admin().createTopics(names.map((name) => ({ name, partitions: PARTITIONS })));
      const registry = schemaRegistry({
        url: this.#registry().url,
        authorization: undefined,
        ca: undefined,
        clock: systemClock,
      });
      this.topics = topicsOf(await bindCodecs(registry));
    });
    afterEach(async () => {
      for (const one of this.#running) one.signal('SIGKILL');
      await Promise.all([...this.#running].map(({ exit }) => exit));
      this.#running.clear();
    });
    afterAll(() => this.driver.close());
  }

  get fhir(): string {
    return this.#fhir().url;
  }

  get environment(): Readonly<Record<string, string>> {
    return { KAFKA_BOOTSTRAP_SERVERS: this.#kafka().bootstrap, SCHEMA_REGISTRY_URL: this.#registry().url };
  }

  /** A command in a process of its own. What still runs at the end of a test is killed. */
  start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): RunProcess {
    const made = new RunProcess(args, { ...this.environment, ...environment });
    this.#running.add(made);
    return made;
  }

  /** The sink under a slot, writing to a server. */
  ehr(base: string, environment: Readonly<Record<string, string>> = {}): RunProcess {
    const made = this.start(['ehr', '--slot', 'a'], {
      FHIR_BASE_URL: base,
      FHIR_ALERT_BASES: this.fhir,
      EHR_RESOURCES: 'Observation,RiskAssessment,Flag,Provenance',
      ...environment,
    });
    onTestFailed(() => {
      process.stderr.write(`ehr told:\n${made.text}\n`);
    });
    return made;
  }

  async send(...records: readonly SinkRecord<SepsisAlert>[]): Promise<void> {
    await this.driver.producer().send(
      TOPIC.alerts,
      records.map(({ key, value }) => ({
        key: encoder.encode(key),
        value: this.topics.alerts.value.encode(value),
        timestamp: systemClock.now(),
      })),
    );
  }

  /** Resolves when the group has committed the end of the topic. */
  async drained(): Promise<void> {
    const admin = this.driver.admin();
    const all = Array.from({ length: PARTITIONS }, (_, partition) => ({ topic: TOPIC.alerts, partition }));
    await until(async () => {
      const committed = await admin.committed(GROUP, all);
      const ends = await Promise.all(all.map((at) => admin.offsets(at)));
      const done = ends.every(
        ({ end }, i) => end === 0 || (committed.get(`${TOPIC.alerts}/${i}`)?.offset ?? 0) >= end,
      );
      return done ? true : undefined;
    });
  }

  async read(topic: string): Promise<KafkaRecord[]> {
    const found: KafkaRecord[] = [];
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const at = { topic, partition };
      const { start, end } = await this.driver.admin().offsets(at);
      await this.driver.read(at, start, end, ({ records }) => void found.push(...records));
    }
    return found;
  }

  async audits(): Promise<AuditEvent[]> {
    const records = await this.read(TOPIC.audit);
    return records.flatMap(({ value }) => (value === null ? [] : [this.topics.audit.value.decode(value)]));
  }
}
