import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../connectors/platformatic/driver.ts';
import type { Variables } from '../../docker/stack/data-folder.ts';
import { askRedis, type RedisAddress } from '../../docker/stack/redis/redis-request.ts';
import { TOPIC } from '../../schemas/topics.ts';
import { type KafkaDriver, partitionKey, type TopicPartition } from '../../topology/ports/kafka-driver.ts';
import { type Allocator, SYSTEMS } from './allocator.ts';
import type { MeasuredProcess } from './measured-process.ts';

/** No progress for so long: something hangs. */
const STUCK_MS = 120_000;

/** What is committed of both sub-topologies' inputs at a time, as parts of one, and the workers' CPU until then. */
export interface Progress {
  readonly at: number;
  readonly cpu: number;
  readonly source: number;
  readonly repartitioned: number;
}

/** The servers of a run, as the bench uses them. */
export class BenchCluster {
  readonly variables: Variables;
  readonly allocator: Allocator;
  readonly driver: KafkaDriver;
  readonly #redis: RedisAddress;
  readonly #partitions = new Map<string, readonly TopicPartition[]>();

  constructor(variables: Variables, allocator: Allocator = SYSTEMS) {
    this.variables = variables;
    this.allocator = allocator;
    this.driver = BenchCluster.client(variables, 'bench');
    this.#redis = { host: variables['REDIS_HOST'] ?? '', port: Number(variables['REDIS_PORT']) };
  }

  /** For the processes of the product: what leads them to the servers, and their allocator. */
  get forProduct(): Variables {
    return { ...this.variables, ...this.allocator.variables };
  }

  static client(variables: Variables, clientId: string): KafkaDriver {
    const bootstrap = (variables['KAFKA_BOOTSTRAP_SERVERS'] ?? '').split(',');
    return new PlatformaticDriver(
      { clientId, bootstrap, requestTimeout: 30_000, connectTimeout: 3_000 },
      systemClock,
    );
  }

  /** Takes away every record of these topics, and all snapshots: as new. */
  async empty(...topics: readonly string[]): Promise<void> {
    const admin = this.driver.admin();
    for (const at of (await Promise.all(topics.map((topic) => this.partitions(topic)))).flat()) {
      const { start, end } = await admin.offsets(at);
      if (end > start) await admin.deleteRecords(at, end);
    }
    await this.redis('FLUSHALL');
  }

  redis(command: string): Promise<string> {
    return askRedis(this.#redis, command, 30_000);
  }

  /** The partitions of a topic; in a run nobody adds any. */
  async partitions(topic: string): Promise<readonly TopicPartition[]> {
    const known = this.#partitions.get(topic);
    if (known !== undefined) return known;
    const count = (await this.driver.admin().partitions([topic])).get(topic) ?? 0;
    const found = Array.from({ length: count }, (_, partition) => ({ topic, partition }));
    this.#partitions.set(topic, found);
    return found;
  }

  /** Records that each partition of a topic holds, transaction markers counted. */
  async spans(topic: string): Promise<readonly { readonly start: number; readonly end: number }[]> {
    const admin = this.driver.admin();
    return Promise.all((await this.partitions(topic)).map((at) => admin.offsets(at)));
  }

  /**
   * Watches until the workers have committed all of the vital signs' topic and of the topic between the sub-topologies,
   * and gives what was seen on the way. @throws when a worker ends, or nothing moves.
   */
  async drained(application: string, workers: readonly MeasuredProcess[]): Promise<readonly Progress[]> {
    const seen: { at: number; cpu: number; source: number; repartitioned: number; ends: number }[] = [];
    const source = await this.spans(TOPIC.vitals);
    const total = source.reduce((sum, { start, end }) => sum + end - start, 0);
    const inputs = (
      await Promise.all([TOPIC.vitals, TOPIC.clinicalEvents].map((t) => this.partitions(t)))
    ).flat();
    let moved = Date.now();
    let quiet = 0;
    let starts: readonly number[] | undefined;
    for (;;) {
      await pause(250);
      for (const worker of workers) worker.assertAlive();
      const committed = await this.driver.admin().committed(application, inputs);
      const cpu = workers.reduce((sum, worker) => sum + worker.cpu(), 0);
      const between = await this.spans(TOPIC.clinicalEvents);
      starts ??= between.map(({ start }) => start);
      const done = (topic: string, from: readonly number[]): number =>
        from.reduce((sum, start, partition) => {
          const offset = committed.get(partitionKey({ topic, partition }))?.offset ?? start;
          return sum + Math.max(0, offset - start);
        }, 0);
      const sourceDone = done(
        TOPIC.vitals,
        source.map(({ start }) => start),
      );
      const repartitioned = done(TOPIC.clinicalEvents, starts);
      const ends = between.reduce((sum, { end }, i) => sum + end - (starts?.[i] ?? 0), 0);
      const before = seen.at(-1);
      if (before?.source !== sourceDone || before.repartitioned !== repartitioned) moved = Date.now();
      else if (Date.now() - moved > STUCK_MS)
        throw new Error(`Nothing moves: ${sourceDone} of ${total}, then ${repartitioned} of ${ends}.`);
      seen.push({ at: Date.now(), cpu, source: sourceDone, repartitioned, ends });
      const isDone = sourceDone === total && repartitioned === ends && ends > 0;
      // Twice: offsets may be seen before the records that were committed with them.
      quiet = isDone ? quiet + 1 : 0;
      if (quiet === 2) break;
    }
    seen.pop();
    const last = seen.at(-1)?.ends ?? 1;
    return seen.map(({ at, cpu, source: s, repartitioned: r }) => ({
      at,
      cpu,
      source: s / total,
      repartitioned: r / last,
    }));
  }
}
