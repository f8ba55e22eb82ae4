import type { DeadLetter } from '../model/outcome.ts';
import type { Telemetry } from '../ports/telemetry.ts';

/** What steps decided of records since the last commit: told when it stands, forgotten when it does not. */
export class Verdicts {
  readonly #telemetry: Telemetry;
  readonly #all: (readonly [step: string, reason: string, dead: boolean])[] = [];
  #marked = 0;

  constructor(telemetry: Telemetry) {
    this.#telemetry = telemetry;
  }

  /** A reason alone: the record is not for us. */
  add(step: string, verdict: DeadLetter | string): void {
    this.#all.push(typeof verdict === 'string' ? [step, verdict, false] : [step, verdict.reason, true]);
  }

  /** From here on `rollback` can take back what is added. */
  mark(): void {
    this.#marked = this.#all.length;
  }

  rollback(): void {
    this.#all.length = this.#marked;
  }

  tell(): void {
    for (const [step, reason, dead] of this.#all) {
      if (dead) this.#telemetry.deadLettered(step, reason);
      else this.#telemetry.ignored(step, reason);
    }
    this.forget();
  }

  forget(): void {
    this.#all.length = 0;
  }
}
