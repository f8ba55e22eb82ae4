import { type Duration, milliseconds } from '../../model/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AdminPort, KafkaDriver, LogEnds, TopicPartition } from '../../ports/kafka-driver.ts';
import type { Stall, Telemetry } from '../../ports/telemetry.ts';
import { Observation } from './observation.ts';
import { observedDriver } from './observed-driver.ts';
import { partitionStalls, workerStall } from './stalls.ts';

export interface StallWatchSettings {
  readonly driver: KafkaDriver;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** How long nothing may move although there is something to do. It is noticed within a quarter more of that. */
  readonly after: Duration;
}

/**
 * Looks whether a worker comes further, and tells when it does not, since when and why. It sees what passes between the
 * worker and its driver: the worker is made with the driver and the telemetry of this watch.
 */
export class StallWatch {
  readonly driver: KafkaDriver;
  readonly telemetry: Telemetry;
  readonly #settings: StallWatchSettings;
  readonly #seen: Observation;
  /** What was told and has not ended, by partition; '' is the worker as a whole. */
  readonly #told = new Map<string, Stall>();
  #admin: AdminPort | undefined;

  constructor(settings: StallWatchSettings) {
    const { driver, clock, telemetry } = settings;
    this.#settings = settings;
    this.#seen = new Observation(clock.now());
    this.driver = observedDriver(driver, this.#seen, clock);
    const { parked } = this.#seen;
    this.telemetry = {
      ...telemetry,
      parked: (topic, partition, code) => {
        parked.set(`${topic}/${partition}`, code);
        telemetry.parked?.(topic, partition, code);
      },
      unparked: (topic, partition) => {
        parked.delete(`${topic}/${partition}`);
        telemetry.unparked?.(topic, partition);
      },
    };
  }

  /** Looks every so often, until the signal ends it. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, after } = this.#settings;
    const every = milliseconds(after / 4);
    for (;;) {
      await clock.sleep(every, signal);
      if (signal.aborted) return;
      await this.#look(every);
    }
  }

  async #look(limit: Duration): Promise<void> {
    const { clock, after } = this.#settings;
    const ends = await this.#ends(limit);
    const now = clock.now();
    if (ends.size >= this.#seen.partitions.size) this.#seen.looked = now;
    const whole = workerStall(this.#seen, now, after);
    if (whole !== undefined) {
      this.#tell(whole);
      return;
    }
    // What has piled up meanwhile is given its time.
    if (this.#end('')) for (const seen of this.#seen.partitions.values()) seen.moved = now;
    const stalls = partitionStalls(this.#seen, ends, now, after);
    for (const stall of stalls) this.#tell(await this.#explained(stall));
    for (const partition of this.#told.keys()) {
      const known = ends.has(partition) || !this.#seen.partitions.has(partition);
      if (known && !stalls.some((stall) => stall.partition === partition)) this.#end(partition);
    }
  }

  /** Ends of the logs of all that is owned; of those that cannot be had in time there are none. */
  async #ends(limit: Duration): Promise<ReadonlyMap<string, LogEnds>> {
    const none = new Map<string, LogEnds>();
    this.#admin ??= this.driver.admin();
    const partitions = [...this.#seen.partitions.keys()].map(partitionOf);
    if (partitions.length === 0) return none;
    const over = new AbortController();
    const asked = this.#admin.ends(partitions).catch(() => none);
    const late = this.#settings.clock.sleep(limit, over.signal).then(() => none);
    try {
      return await Promise.race([asked, late]);
    } finally {
      over.abort();
    }
  }

  async #explained(stall: Stall): Promise<Stall> {
    if (stall.cause !== 'open-transaction' || stall.partition === undefined) return stall;
    try {
      const [first] = (await this.#admin?.openTransactions?.(partitionOf(stall.partition))) ?? [];
      if (first === undefined) return stall;
      const { producerId, from, lastWritten } = first;
      const silentMs = Math.max(0, this.#settings.clock.now() - lastWritten);
      return { ...stall, transaction: { producerId, from, silentMs } };
    } catch {
      // Without the right to ask it is still known that there is one.
      return stall;
    }
  }

  #tell(stall: Stall): void {
    const key = stall.partition ?? '';
    const before = this.#told.get(key);
    if (before?.cause === stall.cause && before.code === stall.code) return;
    this.#told.set(key, stall);
    this.#settings.telemetry.stalled?.(stall);
  }

  /** Whether it had been told. */
  #end(key: string): boolean {
    const stall = this.#told.get(key);
    if (stall === undefined) return false;
    this.#told.delete(key);
    this.#settings.telemetry.recovered?.(stall.partition, this.#settings.clock.now() - stall.since);
    return true;
  }
}

function partitionOf(key: string): TopicPartition {
  const slash = key.lastIndexOf('/');
  return { topic: key.slice(0, slash), partition: Number(key.slice(slash + 1)) };
}
