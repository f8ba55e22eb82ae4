import type { InletWatch } from '../../connectors/fhir-producer/inlet.ts';
import { seconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { PublishOperations } from './publish-operations.ts';

const ASK_EVERY = seconds(2);

/** Readiness of the inlet. What is not ready gets nothing posted, so Kafka is asked until it can be had again. */
export class KafkaWatch implements InletWatch {
  readonly #reach: () => Promise<void>;
  readonly #operations: Pick<PublishOperations, 'retrying' | 'worked'>;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #asks = false;

  constructor(
    reach: () => Promise<void>,
    operations: Pick<PublishOperations, 'retrying' | 'worked'>,
    clock: Clock,
    signal: AbortSignal,
  ) {
    this.#reach = reach;
    this.#operations = operations;
    this.#clock = clock;
    this.#signal = signal;
  }

  failed(code: string): void {
    this.#operations.retrying(code);
    if (this.#asks) return;
    this.#asks = true;
    void this.#ask();
  }

  worked(): void {
    this.#operations.worked();
  }

  async #ask(): Promise<void> {
    do {
      await this.#clock.sleep(ASK_EVERY, this.#signal);
    } while (!this.#signal.aborted && !(await this.#reached()));
    this.#asks = false;
    if (!this.#signal.aborted) this.#operations.worked();
  }

  #reached(): Promise<boolean> {
    return this.#reach().then(
      () => true,
      () => false,
    );
  }
}
