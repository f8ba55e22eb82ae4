import { systemClock } from '../../connectors/memory/clocks.ts';
import { schemaRegistry } from '../../connectors/schema-registry/schema-registry.ts';
import type { Variables } from '../../docker/stack/data-folder.ts';
import { bindCodecs } from '../../schemas/codecs/bind.ts';
import { TOPIC } from '../../schemas/topics.ts';
import { seconds } from '../../topology/model/time.ts';
import type { Assignment, ConsumerPort } from '../../topology/ports/kafka-driver.ts';
import { BenchCluster } from './cluster.ts';
import { freshName } from './scenario.ts';

/** An alert as somebody downstream got it. */
export interface SeenAlert {
  readonly partition: number;
  /** When a read-committed reader had it, epoch milliseconds. */
  readonly seen: number;
  /** When the topology made it. */
  readonly made: number;
  /** When the Observation that changed it was to be sent: its event time (see `open-loop.ts`). */
  readonly planned: number;
}

/** What an alert says of itself. */
export type ReadAlert = (value: Uint8Array) => Pick<SeenAlert, 'made' | 'planned'>;

/** Follows the alerts topic from its end on as a subscriber does, read committed. */
export class AlertWatch {
  readonly #cluster: BenchCluster;
  readonly #consumer: ConsumerPort;
  readonly #read: ReadAlert;
  readonly #raw: { partition: number; seen: number; value: Uint8Array }[] = [];
  readonly #alerts: SeenAlert[] = [];
  #watching: Promise<void> = Promise.resolve();
  #stopping = false;

  private constructor(cluster: BenchCluster, read: ReadAlert) {
    this.#cluster = cluster;
    this.#read = read;
    this.#consumer = cluster.driver.consumer({
      groupId: freshName('watch'),
      sessionTimeout: seconds(30),
      rebalanceTimeout: seconds(30),
    });
  }

  /** @param read of alerts that are not the product's. */
  static async start(cluster: BenchCluster, read?: ReadAlert): Promise<AlertWatch> {
    const { variables } = cluster;
    const watch = new AlertWatch(new BenchCluster(variables), read ?? (await ours(variables)));
    await watch.#begin();
    return watch;
  }

  /**
   * Alerts so far, in the order in which they were read. Decoded when asked for, not while reading, and each once: as long as that
   * takes nothing is seen.
   */
  get alerts(): readonly SeenAlert[] {
    for (const { partition, seen, value } of this.#raw.splice(0))
      this.#alerts.push({ partition, seen, ...this.#read(value) });
    return this.#alerts;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#watching;
    await this.#consumer.close();
    await this.#cluster.driver.close();
  }

  async #begin(): Promise<void> {
    const spans = await this.#cluster.spans(TOPIC.alerts);
    const assigned = Promise.withResolvers<Assignment>();
    await this.#consumer.subscribe([TOPIC.alerts], {
      onAssigned: assigned.resolve,
      onRevoked: () => Promise.resolve(),
    });
    const { partitions } = await assigned.promise;
    for (const at of partitions) this.#consumer.seek(at, spans[at.partition]?.end ?? 0);
    this.#watching = this.#watch();
  }

  async #watch(): Promise<void> {
    while (!this.#stopping) {
      const batches = await this.#consumer.poll({ maxRecords: 10_000, maxBytes: 8 << 20, waitMs: 500 });
      const seen = performance.timeOrigin + performance.now();
      for (const { partition, records } of batches)
        for (const { value } of records) if (value !== null) this.#raw.push({ partition, seen, value });
    }
  }
}

async function ours(variables: Variables): Promise<ReadAlert> {
  const registry = schemaRegistry({ url: variables['SCHEMA_REGISTRY_URL'] ?? '', clock: systemClock });
  const { sepsisAlert } = await bindCodecs(registry);
  return (value) => {
    const { processingTime, eventTime } = sepsisAlert.decode(value);
    return { made: processingTime, planned: eventTime };
  };
}
