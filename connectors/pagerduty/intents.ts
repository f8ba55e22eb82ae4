import { TOPIC } from '../../schemas/topics.ts';
import { isStreamsError } from '../../topology/model/errors.ts';
import type { OutgoingRecord } from '../../topology/model/record.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { ProducerPort } from '../../topology/ports/kafka-driver.ts';
import { pauseAfter } from '../sink/back-off.ts';

interface Waiting {
  readonly record: OutgoingRecord;
  readonly written: () => void;
}

/** Writes what is about to be sent: what comes while a write is under way goes together in the next. */
export class Intents {
  readonly #producer: ProducerPort;
  readonly #clock: Clock;
  readonly #chance: () => number;
  readonly #retrying: (code: string) => void;
  #waiting: Waiting[] = [];
  #writing = false;

  constructor(producer: ProducerPort, clock: Clock, chance: () => number, retrying: (code: string) => void) {
    this.#producer = producer;
    this.#clock = clock;
    this.#chance = chance;
    this.#retrying = retrying;
  }

  /** Resolves when it is written, or when `signal` aborts. */
  write(record: OutgoingRecord, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const one = { record, written: resolve };
      this.#waiting.push(one);
      signal.addEventListener('abort', () => {
        this.#waiting = this.#waiting.filter((other) => other !== one);
        resolve();
      });
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    if (this.#writing) return;
    this.#writing = true;
    for (let failures = 0; this.#waiting.length > 0; ) {
      const batch = [...this.#waiting];
      try {
        await this.#producer.send(
          TOPIC.pages,
          batch.map(({ record }) => record),
        );
      } catch (error) {
        this.#retrying(isStreamsError(error) ? error.code : 'unexpected');
        await this.#clock.sleep(pauseAfter(++failures, this.#chance(), undefined));
        continue;
      }
      failures = 0;
      this.#waiting = this.#waiting.filter((one) => !batch.includes(one));
      for (const { written } of batch) written();
    }
    this.#writing = false;
  }
}
