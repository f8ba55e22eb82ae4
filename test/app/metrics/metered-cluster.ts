import type { WorkerReport } from '../../../app/health/worker-report.ts';
import { WorkerMetrics } from '../../../app/metrics/worker-metrics.ts';
import { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { memorySchemaRegistry } from '../../../connectors/memory/schema-registry.ts';
import type { ScreeningRules } from '../../../operators/screening-rules.ts';
import { bindCodecs } from '../../../schemas/codecs/bind.ts';
import { SUBJECTS } from '../../../schemas/codecs/subjects.ts';
import { TOPIC, topicsOf } from '../../../schemas/topics.ts';
import type { Topology } from '../../../topology/dsl/nodes.ts';
import { headerText, type KafkaRecord, type OutgoingRecord } from '../../../topology/model/record.ts';
import { partitionKey, type TopicPartition } from '../../../topology/ports/kafka-driver.ts';
import { ERROR_HEADERS } from '../../../topology/runtime/dead-letter-record.ts';
import { Worker } from '../../../topology/runtime/worker.ts';
import { sepsis } from '../../../topology/sepsis.ts';

const APPLICATION = 'metered';
const PARTITIONS = 3;
/** What the tasks read. */
export const INPUTS: readonly string[] = [
  TOPIC.vitals,
  TOPIC.labs,
  TOPIC.encounters,
  TOPIC.medicationRequests,
  TOPIC.clinicalEvents,
];

/** Workers of one group on an in-memory Kafka, each with metrics of its own, as threads would have them. */
export class MeteredCluster {
  readonly broker: MemoryBroker = new MemoryBroker();
  readonly #topology: Topology;
  readonly #instances: { readonly worker: Worker; readonly metrics: WorkerMetrics }[] = [];
  #failure: Error | undefined;

  private constructor(topology: Topology) {
    this.#topology = topology;
    this.broker.createTopics(Object.values(TOPIC).map((name) => ({ name, partitions: PARTITIONS })));
  }

  static async of(rules: ScreeningRules): Promise<MeteredCluster> {
    const registry = memorySchemaRegistry();
    for (const { subject, schema } of Object.values(SUBJECTS)) await registry.register(subject, schema);
    return new MeteredCluster(sepsis(topicsOf(await bindCodecs(registry)), rules));
  }

  start(slot: string): Worker {
    const metrics = new WorkerMetrics(slot, systemClock);
    const worker = new Worker({
      topology: this.#topology,
      driver: new MemoryDriver(this.broker),
      clock: systemClock,
      application: APPLICATION,
      slot,
      deadLetters: TOPIC.deadLetters,
      telemetry: metrics.telemetry,
      // The tests count what is in the log, and a tick could come between two looks at it.
      ticks: false,
    });
    this.#instances.push({ worker, metrics });
    worker.run().catch((error: unknown) => {
      this.#failure ??= error instanceof Error ? error : new Error(String(error));
    });
    return worker;
  }

  produce(topic: string, records: readonly OutgoingRecord[]): void {
    this.broker.append(topic, records);
  }

  /** Resolves when everything is committed, by workers that share the work. @throws what ended one of them. */
  async drained(): Promise<void> {
    while (this.#lag() > 0 || !this.#instances.every(({ worker }) => worker.live)) {
      if (this.#failure !== undefined) throw this.#failure;
      await this.broker.changed(20);
    }
  }

  /** Reports of all workers, as another thread would get them: what does not survive the way is missing here too. */
  async reports(): Promise<WorkerReport[]> {
    return Promise.all(
      this.#instances.map(async ({ worker, metrics }) => structuredClone(await metrics.report(worker))),
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.#instances.map(({ worker }) => worker.stop()));
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Committed records of a topic. */
  log(topic: string): KafkaRecord[] {
    return this.#partitionsOf([topic]).flatMap((at) => {
      const log = this.broker.log(at);
      return [...log.read(log.start, 1e6, Number.POSITIVE_INFINITY, { committed: true }).records];
    });
  }

  /** How many dead letters the log holds, by step and reason. */
  deadLetters(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { headers } of this.log(TOPIC.deadLetters)) {
      const label = `${headerText(headers, ERROR_HEADERS.step)} ${headerText(headers, ERROR_HEADERS.reason)}`;
      counts[label] = (counts[label] ?? 0) + 1;
    }
    return counts;
  }

  #lag(): number {
    const inputs = this.#partitionsOf(INPUTS);
    const committed = this.broker.committedOf(APPLICATION, inputs);
    let lag = 0;
    for (const at of inputs) lag += this.broker.log(at).end - (committed.get(partitionKey(at))?.offset ?? 0);
    return lag;
  }

  #partitionsOf(topics: readonly string[]): TopicPartition[] {
    return topics.flatMap((topic) =>
      Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition })),
    );
  }
}
