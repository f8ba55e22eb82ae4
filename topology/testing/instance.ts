import type { SeverableLink } from '../../connectors/memory/link.ts';
import type { Worker } from '../runtime/worker.ts';
import type { WatchedDriver } from './watched-driver.ts';

/** One running worker of a test. */
export class Instance {
  readonly worker: Worker;
  readonly #driver: WatchedDriver;
  readonly #link: SeverableLink;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;

  /** `link`: the way of all that the worker asks, also of what is not Kafka. */
  constructor(worker: Worker, driver: WatchedDriver, link: SeverableLink) {
    this.worker = worker;
    this.#driver = driver;
    this.#link = link;
    worker.run().then(
      () => {
        this.#ended = true;
      },
      (error: unknown) => {
        this.#failure = { error };
      },
    );
  }

  get polls(): number {
    return this.#driver.polls;
  }

  /** Whether it was stopped, and has ended in good order. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Asks it to end in good order. */
  stop(): void {
    void this.worker.stop();
  }

  /** Ends it as a killed process would. */
  kill(): void {
    this.#link.sever();
    this.#driver.kill();
  }

  /** @throws what ended the worker. */
  assertRuns(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
