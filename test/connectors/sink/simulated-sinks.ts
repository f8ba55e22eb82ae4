import { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { chance, mostlySmall } from '../../../connectors/memory/simulation/chance.ts';
import { FaultPlan, type FaultRates } from '../../../connectors/memory/simulation/faults.ts';
import { SimulatedProcess } from '../../../connectors/memory/simulation/process.ts';
import { VirtualTime, virtualClock } from '../../../connectors/memory/simulation/virtual-time.ts';
import type { SinkLimits } from '../../../connectors/sink/settings.ts';
import { SinkWorker } from '../../../connectors/sink/sink-worker.ts';
import { type Codec, text } from '../../../topology/model/codec.ts';
import { isStreamsError, StreamsError } from '../../../topology/model/errors.ts';
import { headerText, type KafkaRecord } from '../../../topology/model/record.ts';
import { milliseconds, seconds } from '../../../topology/model/time.ts';
import { topic } from '../../../topology/model/topic.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';
import { Outside, type Taken } from './outside.ts';
import { DONE, RecordingSink } from './recording-sink.ts';

export const INPUT = 'input';
export const DEAD = 'dead';
const GROUP = 'sinks';
const PARTITIONS = 4;
const SLOTS = ['slot-0', 'slot-1', 'slot-2'];

const LIMITS: SinkLimits = {
  pending: 40,
  session: milliseconds(1_500),
  rebalance: milliseconds(1_500),
  transaction: seconds(1),
  handOver: milliseconds(700),
};

/** Text; `poison` cannot be read. */
const codec: Codec<string> = {
  name: 'text',
  encode: (value) => text.encode(value),
  decode: (bytes) => {
    const value = text.decode(bytes);
    if (value === 'poison') throw new StreamsError('avro-unreadable', 'It is poison.');
    return value;
  },
};

export interface SimulatedSinksSettings {
  readonly seed: number;
  readonly rates: FaultRates;
  /** Virtual times at which a process is killed, and at which one is ended in good order and started anew. */
  readonly crashes: readonly number[];
  readonly restarts: readonly number[];
  /** Share of sends whose answer takes longer than a rebalance waits. */
  readonly slow?: number;
  /** The driver of a process with a broken part. */
  readonly driver?: (driver: KafkaDriver) => KafkaDriver;
}

interface Instance {
  readonly process: SimulatedProcess;
  readonly worker: SinkWorker<string>;
  readonly sink: RecordingSink;
}

/** Processes with a sink, a cluster and the other side on virtual time, and a supervisor that starts what died. */
export class SimulatedSinks {
  readonly ended: unknown[] = [];
  readonly #settings: SimulatedSinksSettings;
  readonly #time = new VirtualTime(1_000_000);
  readonly #broker: MemoryBroker;
  readonly #plan: FaultPlan;
  readonly #outside: Outside;
  readonly #instances = new Map<string, Instance>();
  readonly #started = new Map<string, number>();
  #markers = 0;
  #stopping = false;

  constructor(settings: SimulatedSinksSettings) {
    const { seed, rates } = settings;
    this.#settings = settings;
    this.#plan = new FaultPlan(seed, rates);
    this.#outside = new Outside(seed, this.#time, settings.slow ?? 0.02);
    this.#broker = new MemoryBroker({
      clock: virtualClock(this.#time),
      markers: (write) => this.#time.after(mostlySmall(seed, `marker ${this.#markers++}`, 0.5, 30), write),
    });
    this.#broker.createTopics([INPUT, DONE, DEAD].map((name) => ({ name, partitions: PARTITIONS })));
    const every = (ms: number, run: () => void): void =>
      void this.#time.after(ms, () => {
        run();
        every(ms, run);
      });
    every(100, () => this.#broker.tick());
    every(2_000, () => this.#broker.expireTransactions());
  }

  get taken(): readonly Taken[] {
    return this.#outside.taken;
  }

  get faults(): number {
    return this.#plan.injected.length;
  }

  /** Feeds the values of the keys over five virtual seconds, works until all is over, and ends everything in good order. */
  async run(input: readonly (readonly [key: string, value: string])[]): Promise<void> {
    const { seed, crashes, restarts } = this.#settings;
    input.forEach(([key, value], i) => {
      this.#time.after((i / input.length) * 4_000, () =>
        this.#broker.append(INPUT, [
          { key: text.encode(key), value: text.encode(value), timestamp: this.#time.now },
        ]),
      );
    });
    SLOTS.forEach((slot, i) => this.#time.after(chance(seed, `start ${i}`) % 300, () => this.#start(slot)));
    crashes.forEach((at, i) => this.#time.after(at, () => this.#any(`crash ${i}`)?.process.crash()));
    restarts.forEach((at, i) => this.#time.after(at, () => void this.#any(`restart ${i}`)?.worker.stop()));
    await this.#until(() => this.#time.now >= 1_005_000);
    this.#plan.over = true;
    await this.#until(() => this.lag === 0);
    this.#stopping = true;
    for (const { worker } of this.#instances.values()) void worker.stop();
    await this.#until(() => this.#instances.size === 0);
    // What a crash left open hides what came after it, until its time is out.
    const readable = this.#time.now + 5_000;
    await this.#until(() => this.#time.now > readable);
  }

  get lag(): number {
    let lag = 0;
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const at = { topic: INPUT, partition };
      const committed = this.#broker.committedOf(GROUP, [at]).get(`${INPUT}/${partition}`)?.offset ?? 0;
      lag += this.#broker.log(at).end - committed;
    }
    return lag;
  }

  /** Committed records of a topic. */
  read(name: string): KafkaRecord[] {
    const all = Number.POSITIVE_INFINITY;
    return Array.from({ length: PARTITIONS }, (_, partition) => [
      ...this.#broker.log({ topic: name, partition }).read(0, all, all, { committed: true }).records,
    ]).flat();
  }

  /** `partition/offset` of what the sinks wrote of records that were accepted. */
  get done(): string[] {
    return this.read(DONE).map(({ value }) => (value === null ? '' : text.decode(value)));
  }

  /** `partition/offset reason` of the dead letters. */
  get dead(): string[] {
    return this.read(DEAD).map(({ headers }) => {
      const of = (what: string): string => headerText(headers, `__connect.errors.${what}`) ?? '';
      return `${of('partition')}/${of('offset')} ${of('reason')}`;
    });
  }

  /** What the input holds: `partition/offset` with key and value. */
  get input(): { readonly name: string; readonly key: string; readonly value: string }[] {
    const all = Number.POSITIVE_INFINITY;
    return Array.from({ length: PARTITIONS }, (_, partition) =>
      this.#broker
        .log({ topic: INPUT, partition })
        .read(0, all, all, { committed: true })
        .records.map(({ offset, key, value }) => ({
          name: `${partition}/${offset}`,
          key: key === null ? '' : text.decode(key),
          value: value === null ? '' : text.decode(value),
        })),
    ).flat();
  }

  async #until(condition: () => boolean): Promise<void> {
    const until = this.#time.now + 120_000;
    while (!condition()) {
      if (this.#time.now > until)
        throw new Error(`Seed ${this.#settings.seed}: not settled, ${this.lag} left.`);
      this.#time.step();
      await new Promise<void>((resolve) => setImmediate(resolve));
      const [error] = this.ended;
      if (error instanceof Error) throw error;
    }
  }

  #any(name: string): Instance | undefined {
    const running = [...this.#instances.values()];
    return running[chance(this.#settings.seed, name) % Math.max(1, running.length)];
  }

  #start(slot: string): void {
    const { seed, driver: broken = (driver) => driver } = this.#settings;
    const number = this.#started.get(slot) ?? 0;
    this.#started.set(slot, number + 1);
    const process = new SimulatedProcess({
      slot,
      number,
      seed,
      time: this.#time,
      faults: this.#plan,
      heartbeat: milliseconds(150),
      onCrash: () => this.#gone(slot, process),
      onFreeze: () => {},
    });
    const sink = new RecordingSink({
      send: (records, signal) => this.#outside.send(process, records, signal),
    });
    const worker = new SinkWorker({
      driver: broken(new MemoryDriver(this.#broker, process)),
      clock: process.clock,
      sink,
      topic: topic(INPUT, codec),
      application: GROUP,
      slot,
      deadLetters: DEAD,
      chance: () => 0.5,
      limits: LIMITS,
    });
    this.#instances.set(slot, { process, worker, sink });
    worker.run().then(
      () => this.#gone(slot, process),
      (error: unknown) => {
        // Of two under one name, one that came back and one that took its place, one is told so.
        const rivals = isStreamsError(error) && error.code === 'instance-fenced' && number > 0;
        if (!rivals && this.#instances.get(slot)?.process === process) this.ended.push(error);
        this.#gone(slot, process);
      },
    );
  }

  #gone(slot: string, process: SimulatedProcess): void {
    const instance = this.#instances.get(slot);
    if (instance?.process !== process) return;
    this.#instances.delete(slot);
    if (!process.dead && instance.sink.open_.length > 0)
      this.ended.push(new Error(`${process.name} left ${instance.sink.open_.join()} open.`));
    if (this.#stopping) return;
    this.#time.after(mostlySmall(this.#settings.seed, `${process.name} again`, 20, 1_500), () => {
      if (!this.#stopping && !this.#instances.has(slot)) this.#start(slot);
    });
  }
}
