import { ManualClock } from '../../connectors/memory/clocks.ts';
import { MemoryDriver } from '../../connectors/memory/driver.ts';
import { MemorySnapshotStore } from '../../connectors/memory/snapshot-store.ts';
import type { ScreeningRules } from '../../operators/screening-rules.ts';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { TOPIC } from '../../schemas/topics.ts';
import type { Batch } from '../../topology/ports/kafka-driver.ts';
import type { Telemetry } from '../../topology/ports/telemetry.ts';
import { type InMemoryCluster, inMemoryCluster } from '../cluster/in-memory-cluster.ts';
import type { PageView } from '../console/ward-view.ts';
import { tellBoth } from '../metrics/tell-both.ts';
import { HOUR, MINUTE } from '../ward/clock.ts';
import { ward } from '../ward/ward.ts';
import { AlertBook } from './alert-book.ts';
import { Pager } from './pager.ts';
import { Tally } from './tally.ts';
import { TopicReader } from './topic-reader.ts';
import { WardFeed, wardRules } from './ward-feed.ts';

export interface WardRunOptions {
  readonly seed: number;
  readonly patients: number;
  /** Of rounds; Infinity: without end. */
  readonly hours: number;
  readonly onAlert?: (alert: SepsisAlert, before: SepsisAlert | undefined) => void;
  readonly onPage?: (page: PageView) => void;
  /** Is told what the engine tells. */
  readonly telemetry?: Telemetry | undefined;
  /** Ward time between two times at which the logs let go of what everybody has read; Infinity: never. */
  readonly truncateEvery?: number;
}

/** Monday morning; the ward is the same on every day that it is shown. */
export const WARD_START: number = Date.UTC(2026, 0, 5, 7);

const PARTITIONS = 4;
const INSTANCES = 2;
/** Consumer group of the sink that stands for the pager. */
const PAGE_GROUP = 'sepsis-demonstration-pages';

/**
 * The whole demonstration without a screen: ward, producer, in-memory Kafka, topology, and the sink that reads the
 * alerts topic. Time is the ward's; it moves only in `moveTo`.
 */
export class WardRun {
  readonly cluster: InMemoryCluster;
  readonly rules: ScreeningRules;
  readonly tally: Tally;
  readonly book: AlertBook = new AlertBook();
  readonly pager: Pager = new Pager();
  readonly #options: WardRunOptions;
  readonly #clock: ManualClock;
  readonly #feed: WardFeed;
  readonly #sink: TopicReader;
  #produced = 0;
  #truncated = WARD_START;
  /** End of the step that is under way: when its pages go out. */
  #stepEnd = WARD_START;

  private constructor(
    options: WardRunOptions,
    cluster: InMemoryCluster,
    rules: ScreeningRules,
    clock: ManualClock,
    tally: Tally,
  ) {
    this.#options = options;
    this.cluster = cluster;
    this.rules = rules;
    this.tally = tally;
    this.#clock = clock;
    this.#feed = new WardFeed(ward({ ...options, start: WARD_START }));
    const driver = new MemoryDriver(cluster.broker);
    this.#sink = new TopicReader({
      driver,
      groupId: PAGE_GROUP,
      topic: TOPIC.alerts,
      each: (batch) => this.#read(batch),
    });
  }

  static async begin(options: WardRunOptions): Promise<WardRun> {
    const rules = wardRules(options);
    const clock = new ManualClock(WARD_START);
    const tally = new Tally();
    const cluster = await inMemoryCluster({
      rules,
      clock,
      partitions: PARTITIONS,
      instances: INSTANCES,
      telemetry:
        options.telemetry === undefined ? tally.telemetry : tellBoth(tally.telemetry, options.telemetry),
      // With them an instance that takes a partition over needs no log from its beginning.
      snapshots: new MemorySnapshotStore(),
    });
    const run = new WardRun(options, cluster, rules, clock, tally);
    cluster.start();
    run.#sink.start();
    return run;
  }

  /** The ward's time. */
  get now(): number {
    return this.#clock.now();
  }

  /** FHIR messages produced. */
  get records(): number {
    return this.#produced;
  }

  /** Nothing more will come from the ward. */
  get over(): boolean {
    return this.#feed.over;
  }

  /**
   * Moves the ward on, at most to the next full minute: what arrives until then goes through the topology and the
   * sink, then the tick of the minute. Resolves when all of it is committed.
   */
  async moveTo(wardTime: number): Promise<void> {
    const minute = (Math.floor(this.now / MINUTE) + 1) * MINUTE;
    const to = Math.min(wardTime, minute);
    this.#stepEnd = to;
    // The tick speaks for its minute only when everything that arrived in it is processed.
    this.#clock.moveTo(to - 1);
    for (const [topic, messages] of this.#feed.take(to)) {
      this.cluster.produce(topic, messages);
      this.#produced += messages.length;
    }
    await this.cluster.drained();
    await this.#sink.settled();
    const ticks = this.#ticks();
    this.#clock.moveTo(to);
    if (to < minute) return;
    while (this.#ticks() === ticks) {
      // Nothing to read: it only makes an instance look at the clock.
      this.cluster.produce(TOPIC.vitals, []);
      await this.cluster.broker.changed(5);
      await this.cluster.drained();
    }
    await this.cluster.drained();
    await this.#sink.settled();
    await this.#letGo();
  }

  /** Ends sink and instances. @throws what ended one of them before. */
  async stop(): Promise<void> {
    try {
      await this.#sink.stop();
    } finally {
      await this.cluster.stop();
    }
  }

  /** Grows with every tick. */
  #ticks(): number {
    return this.cluster.broker.log({ topic: TOPIC.clinicalEvents, partition: 0 }).end;
  }

  #read({ records }: Batch): void {
    for (const { value } of records) {
      if (value === null) continue;
      const alert = this.cluster.codecs.sepsisAlert.decode(value);
      const before = this.book.add(alert);
      this.#options.onAlert?.(alert, before);
      const page = this.pager.page(alert, this.#stepEnd);
      if (page !== undefined) this.#options.onPage?.(page);
    }
  }

  /** A ward without end in bounded memory. */
  async #letGo(): Promise<void> {
    const { truncateEvery = HOUR } = this.#options;
    if (this.now - this.#truncated < truncateEvery) return;
    this.#truncated = this.now;
    // Nobody reads these here; the alerts are let go of behind their reader.
    this.cluster.pass(TOPIC.audit);
    this.cluster.pass(TOPIC.deadLetters);
    this.cluster.truncate();
    await this.#sink.truncate();
    // Behind this no vital sign counts, so no episode changes; the hour is for ticks under way.
    const settled = this.now - this.rules.lateness - this.rules.window - HOUR;
    this.book.forget(settled);
    this.pager.forget(settled);
  }
}
