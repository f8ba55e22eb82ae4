import { systemClock } from '../../../connectors/memory/clocks.ts';
import { text } from '../../../topology/model/codec.ts';
import { isStreamsError } from '../../../topology/model/errors.ts';
import { type Duration, milliseconds } from '../../../topology/model/time.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';

export const KEYS = 200;
const PAUSE = milliseconds(50);

/** How many numbers are sent at once, and how long nothing is sent after it. */
export interface Pace {
  readonly batch: number;
  readonly pause: Duration;
}

/** Writes numbers to the input topic for as long as it is not stopped, also through an outage. */
export class Feed {
  readonly #driver: KafkaDriver;
  readonly #pace: Pace;
  #stopping = false;
  #running: Promise<void> | undefined;
  /** How many numbers were acknowledged: all from zero on. */
  sent = 0;
  /** Numbers of sends that failed, which may be there once more for each try. */
  readonly doubtful: Set<number> = new Set();
  /** Codes that sends failed with. */
  readonly failures: string[] = [];
  /** When each send was acknowledged: epoch milliseconds. */
  readonly acknowledged: number[] = [];

  constructor(driver: KafkaDriver, pace: Pace = { batch: 25, pause: PAUSE }) {
    this.#driver = driver;
    this.#pace = pace;
  }

  start(): void {
    this.#stopping = false;
    this.#running = this.#run();
  }

  /** Resolves when the last send is acknowledged. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    const producer = this.#driver.producer();
    const { batch, pause } = this.#pace;
    while (!this.#stopping) {
      const numbers = Array.from({ length: batch }, (_, i) => this.sent + i);
      const records = numbers.map((number) => ({
        key: text.encode(`k${number % KEYS}`),
        value: text.encode(String(number)),
        timestamp: systemClock.now(),
      }));
      for (let done = false; !done; ) {
        try {
          await producer.send('numbers', records);
          done = true;
        } catch (error) {
          if (!isStreamsError(error) || !error.retry) throw error;
          for (const number of numbers) this.doubtful.add(number);
          this.failures.push(error.code);
          await systemClock.sleep(PAUSE);
        }
      }
      this.sent += batch;
      this.acknowledged.push(systemClock.now());
      await systemClock.sleep(pause);
    }
    await producer.close();
  }
}
