import { afterAll, afterEach, beforeAll, onTestFailed } from 'vitest';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { schemaRegistry } from '../../../connectors/schema-registry/schema-registry.ts';
import type { KafkaCluster } from '../../../docker/stack/kafka/kafka-cluster.ts';
import { bindCodecs } from '../../../schemas/codecs/bind.ts';
import type { AuditEvent } from '../../../schemas/generated/audit-event.ts';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import { TOPIC, type Topics, topicsOf } from '../../../schemas/topics.ts';
import type { KafkaRecord } from '../../../topology/model/record.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';
import { committedBy } from '../../oracle/real-cluster.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { registryWithSchemas } from '../../servers/registry.ts';
import { useServer } from '../../servers/use-server.ts';
import { client, until } from '../run/real-ward.ts';
import { RunProcess } from '../run/run-process.ts';

const encoder = new TextEncoder();
const PARTITIONS = 2;

/** Kafka with the topics and a Schema Registry with the schemas, for the tests of one file about a sink. */
export class SinkStack {
  driver!: KafkaDriver;
  topics!: Topics;
  readonly group: string;
  readonly #running = new Set<RunProcess>();
  readonly #kafka = useServer(() => kafkaServer({ own: true }));
  readonly #registry = useServer(registryWithSchemas);

  /** `sink`: the command. */
  constructor(sink: string) {
    this.group = `sepsis-streams-${sink}`;
    beforeAll(async () => {
      this.driver = client(this.#kafka().bootstrap);
      const names = Object.values(TOPIC);
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

  get kafka(): KafkaCluster {
    return this.#kafka();
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

  /** The same in a test, which shows what it told when it fails. */
  begin(args: readonly string[], environment: Readonly<Record<string, string>> = {}): RunProcess {
    const made = this.start(args, environment);
    onTestFailed(() => {
      process.stderr.write(`${args.join(' ')} told:\n${made.text}\n`);
    });
    return made;
  }

  /** Writes alerts, as made now; those of a patient are read in this order. */
  async send(...alerts: readonly SepsisAlert[]): Promise<void> {
    await this.driver.producer().send(
      TOPIC.alerts,
      alerts.map((alert) => ({
        key: encoder.encode(alert.patient),
        value: this.topics.alerts.value.encode(alert),
        timestamp: systemClock.now(),
      })),
    );
  }

  /** Offsets that the group has committed. */
  async committed(): Promise<ReadonlyMap<string, { readonly offset: number }>> {
    return committedBy(this.driver, this.group, partitionsOf(TOPIC.alerts));
  }

  /** Resolves when the group has committed the end of the topic, and what was written with that can be read. */
  async drained(): Promise<void> {
    const admin = this.driver.admin();
    await until(async () => {
      const committed = await this.committed();
      const ends = await Promise.all(partitionsOf(TOPIC.alerts).map((at) => admin.offsets(at)));
      const done = ends.every(
        ({ end }, i) => end === 0 || (committed.get(`${TOPIC.alerts}/${i}`)?.offset ?? 0) >= end,
      );
      return done ? true : undefined;
    });
    // Offsets of a transaction may stand before the records beside them are visible.
    const written = [TOPIC.audit, TOPIC.deadLetters, TOPIC.pages].flatMap(partitionsOf);
    await until(async () => {
      const ends = await admin.ends(written);
      return [...ends.values()].every((log) => log.written === log.decided) ? true : undefined;
    });
  }

  async read(topic: string): Promise<KafkaRecord[]> {
    const found: KafkaRecord[] = [];
    for (const at of partitionsOf(topic)) {
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

const partitionsOf = (topic: string): { readonly topic: string; readonly partition: number }[] =>
  Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition }));
