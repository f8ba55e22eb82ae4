import { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { direct } from '../../../connectors/memory/link.ts';
import { VirtualTime, virtualClock } from '../../../connectors/memory/simulation/virtual-time.ts';
import type { SinkWorkerSettings } from '../../../connectors/sink/settings.ts';
import { SinkWorker } from '../../../connectors/sink/sink-worker.ts';
import { text } from '../../../topology/model/codec.ts';
import { headerText, type KafkaRecord } from '../../../topology/model/record.ts';
import { milliseconds } from '../../../topology/model/time.ts';
import { topic } from '../../../topology/model/topic.ts';
import type { Clock } from '../../../topology/ports/clock.ts';
import { DONE, RecordingSink, type RecordingSinkSettings } from './recording-sink.ts';

export const INPUT = 'input';
export const DEAD = 'dead';
export const GROUP = 'sinks';
/** A start that is told from zero. */
export const START = 1_000_000;

/** A cluster and members of a sink's group on virtual time, which passes only in `until`. */
export class SinkRig {
  readonly time: VirtualTime = new VirtualTime(START);
  readonly clock: Clock = virtualClock(this.time);
  readonly broker: MemoryBroker = new MemoryBroker({ clock: this.clock });
  readonly failures: unknown[] = [];
  readonly told: string[] = [];

  readonly #partitions: number;

  constructor(partitions = 1) {
    this.#partitions = partitions;
    this.broker.createTopics([INPUT, DONE, DEAD].map((name) => ({ name, partitions })));
  }

  /** A member in a process of its own, which works until it is ended or killed. */
  start(
    sink: RecordingSinkSettings,
    own: Partial<SinkWorkerSettings<string>> = {},
  ): { readonly worker: SinkWorker<string>; readonly kill: () => void; readonly sink: RecordingSink } {
    const driver = new MemoryDriver(this.broker, {
      link: direct,
      clock: this.clock,
      heartbeat: milliseconds(100),
    });
    const recording = new RecordingSink(sink);
    const worker = new SinkWorker({
      driver,
      clock: this.clock,
      sink: recording,
      topic: topic(INPUT, text),
      application: GROUP,
      slot: 'a',
      deadLetters: DEAD,
      chance: () => 0.5,
      retrying: (code) => this.told.push(`retrying ${code}`),
      deadLettered: (reason) => this.told.push(`dead letter ${reason}`),
      ...own,
    });
    worker.run().catch((error: unknown) => this.failures.push(error));
    return { worker, sink: recording, kill: () => driver.kill() };
  }

  /** Appends values, key and value in one text: `k=v`. */
  append(...records: readonly string[]): void {
    this.broker.append(
      INPUT,
      records.map((record) => {
        const [key = '', value = ''] = record.split('=');
        return { key: text.encode(key), value: text.encode(value), timestamp: this.time.now };
      }),
    );
  }

  /** Lets time pass until it is so. */
  async until(condition: () => boolean, within = 120_000): Promise<void> {
    const end = this.time.now + within;
    while (!condition()) {
      if (this.time.now > end) throw new Error(`It did not come to that: ${this.told.join(', ')}`);
      await this.#step();
    }
  }

  async pass(ms: number): Promise<void> {
    const end = this.time.now + ms;
    let over = false;
    this.time.after(ms, () => {
      over = true;
    });
    await this.until(() => over && this.time.now >= end);
  }

  async ended(work: Promise<void>): Promise<void> {
    let over = false;
    void work.finally(() => {
      over = true;
    });
    await this.until(() => over);
  }

  committed(partition = 0): { readonly offset: number; readonly metadata: string } | undefined {
    return this.broker.committedOf(GROUP, [{ topic: INPUT, partition }]).get(`${INPUT}/${partition}`);
  }

  read(name: string): readonly KafkaRecord[] {
    const all = Number.POSITIVE_INFINITY;
    return Array.from(
      { length: this.#partitions },
      (_, partition) =>
        this.broker.log({ topic: name, partition }).read(0, all, all, { committed: true }).records,
    ).flat();
  }

  get done(): string[] {
    return this.read(DONE).map(({ value }) => (value === null ? '' : text.decode(value)));
  }

  get reasons(): string[] {
    return this.read(DEAD).map(({ headers }) => headerText(headers, '__connect.errors.reason') ?? '');
  }

  async #step(): Promise<void> {
    this.time.step();
    this.broker.tick();
    await new Promise<void>((resolve) => setImmediate(resolve));
    const [failure] = this.failures;
    if (failure instanceof Error) throw failure;
  }
}
