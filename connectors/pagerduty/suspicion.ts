import { type Call, DOUBT } from './gate.ts';

/**
 * Whether it is an event that fails or its key: an outage is waited out by all together, and one event that is never taken must
 * not keep anybody else from being paged.
 */
export class Suspicion {
  #failures = 0;
  #own = false;

  /** In a row. */
  get failures(): number {
    return this.#failures;
  }

  /** Its key worked when it last failed: nobody else is to wait for it. */
  get own(): boolean {
    return this.#own;
  }

  /** A try with this call failed. */
  failed({ works }: Call): void {
    this.#own = this.#failures >= DOUBT && works;
    this.#failures++;
  }
}
