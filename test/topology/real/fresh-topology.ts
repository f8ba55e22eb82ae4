import { randomUUID } from 'node:crypto';
import { map } from 'rxjs';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import type { Topology } from '../../../topology/dsl/nodes.ts';
import { topology } from '../../../topology/dsl/topology.ts';
import { text } from '../../../topology/model/codec.ts';
import { store } from '../../../topology/model/store.ts';
import { type Duration, milliseconds } from '../../../topology/model/time.ts';
import { topic } from '../../../topology/model/topic.ts';
import type { TopicPartition } from '../../../topology/ports/kafka-driver.ts';
import { type Stall, silent } from '../../../topology/ports/telemetry.ts';
import type { WorkerSettings } from '../../../topology/runtime/settings.ts';
import { StallWatch } from '../../../topology/runtime/stall/stall-watch.ts';
import { Worker } from '../../../topology/runtime/worker.ts';

const METADATA_MAX_AGE = 300;

/** What a worker told of its beginnings and of what stood still. */
export interface Told {
  readonly began: string[];
  readonly stalls: Stall[];
  readonly recovered: (string | undefined)[];
}

export interface RunningWorker {
  readonly worker: Worker;
  readonly told: Told;
  /** What ended it; undefined: it was stopped. */
  readonly ended: Promise<unknown>;
}

/** Counts words by key, on topics and in a group that nobody else uses. */
export class FreshTopology {
  readonly application: string;
  readonly names: {
    readonly in: string;
    readonly byKey: string;
    readonly out: string;
    readonly dead: string;
  };
  readonly driver: PlatformaticDriver;
  readonly #bootstrap: string;
  readonly #topology: Topology;

  constructor(bootstrap: string, application: string = `app-${randomUUID()}`) {
    this.#bootstrap = bootstrap;
    this.application = application;
    this.names = {
      in: `${application}.in`,
      byKey: `${application}.by-key`,
      out: `${application}.out`,
      dead: `${application}.dead`,
    };
    this.#topology = topology('counting')
      .source('words', [topic(this.names.in, text)])
      .stage(
        'word',
        map(({ value }) => value ?? ''),
      )
      .repartition('by-word', topic(this.names.byKey, text, { internal: true }), (word) => word)
      .fold('count', store('counts', text, 1), (state, { value }) => {
        const next = String(Number(state ?? '0') + 1);
        return [next, [`${value} ${next}`]];
      })
      .to('counted', topic(this.names.out, text));
    this.driver = this.#client('test');
  }

  #client(clientId: string): PlatformaticDriver {
    return new PlatformaticDriver(
      {
        clientId,
        bootstrap: [this.#bootstrap],
        requestTimeout: 5_000,
        connectTimeout: 3_000,
        metadataMaxAge: METADATA_MAX_AGE,
      },
      systemClock,
    );
  }

  async create(partitions: number): Promise<void> {
    await this.driver.admin().createTopics(Object.values(this.names).map((name) => ({ name, partitions })));
  }

  /** The same with a client that knows nothing of how the topics were before. */
  renewed(): FreshTopology {
    return new FreshTopology(this.#bootstrap, this.application);
  }

  /** Commits an offset of partition 0 for the group, which nobody is in. */
  async commit(topic: string, offset: number): Promise<void> {
    const { application: groupId, driver } = this;
    const timeouts = { sessionTimeout: milliseconds(6_000), rebalanceTimeout: milliseconds(6_000) };
    await driver
      .consumer({ groupId, ...timeouts })
      .commit(new Map([[`${topic}/0`, { offset, metadata: '' }]]), { groupId, generation: -1, memberId: '' });
  }

  /** Words to a partition. */
  async say(partition: number, ...words: readonly string[]): Promise<void> {
    await this.driver.producer().send(
      this.names.in,
      words.map((word) => ({
        key: null,
        value: text.encode(word),
        timestamp: systemClock.now(),
        partition,
      })),
    );
  }

  start(
    slot: string,
    more: Partial<WorkerSettings> = {},
    stallAfter: Duration = milliseconds(600_000),
  ): RunningWorker {
    const told: Told = { began: [], stalls: [], recovered: [] };
    const watch = new StallWatch({
      driver: this.#client(slot),
      clock: systemClock,
      after: stallAfter,
      telemetry: {
        ...silent,
        began: (name, partition, offset, instead) =>
          told.began.push(
            `${name.slice(this.application.length + 1)}/${partition} at ${offset}, not ${instead}`,
          ),
        stalled: (stall) => told.stalls.push(stall),
        recovered: (partition) => told.recovered.push(partition),
      },
    });
    const worker = new Worker({
      topology: this.#topology,
      driver: watch.driver,
      telemetry: watch.telemetry,
      clock: systemClock,
      application: this.application,
      slot,
      deadLetters: this.names.dead,
      ticks: false,
      ...more,
    });
    const watching = new AbortController();
    void watch.run(watching.signal);
    const ended = worker.run().then(
      () => undefined,
      (error: unknown) => error,
    );
    void ended.then(() => {
      watching.abort();
      return watch.driver.close();
    });
    return { worker, told, ended };
  }

  /** All counts so far. */
  async counted(): Promise<string[]> {
    const counted: string[] = [];
    for (const at of await this.partitions(this.names.out)) {
      const { start, end } = await this.driver.admin().offsets(at);
      await this.driver.read(at, start, end, ({ records }) => {
        for (const { value } of records) counted.push(value === null ? '' : text.decode(value));
      });
    }
    return counted.sort();
  }

  /** Resolves when exactly these were counted. Whoever waits in vain ends by the time-out of the test. */
  async has(...counted: readonly string[]): Promise<void> {
    while ((await this.counted()).length < counted.length) await systemClock.sleep(milliseconds(20));
  }

  async partitions(topic: string): Promise<TopicPartition[]> {
    const count = (await this.driver.admin().partitions([topic])).get(topic) ?? 0;
    return Array.from({ length: count }, (_, partition) => ({ topic, partition }));
  }

  async committed(at: TopicPartition): Promise<number | undefined> {
    const found = await this.driver.admin().committed(this.application, [at]);
    return found.get(`${at.topic}/${at.partition}`)?.offset;
  }
}
