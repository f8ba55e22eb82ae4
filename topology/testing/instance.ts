import type { Worker } from '../runtime/worker.ts';
import type { WatchedDriver } from './watched-driver.ts';

/** One running worker of a test. */
export class Instance {
  readonly worker: Worker;
  readonly #driver: WatchedDriver;
  #failure: { readonly error: unknown } | undefined;

  constructor(worker: Worker, driver: WatchedDriver) {
    this.worker = worker;
    this.#driver = driver;
    worker.run().catch((error: unknown) => {
      this.#failure = { error };
    });
  }

  get polls(): number {
    return this.#driver.polls;
  }

  /** Ends it as a killed process would. */
  kill(): void {
    this.#driver.kill();
  }

  /** @throws what ended the worker. */
  assertRuns(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
