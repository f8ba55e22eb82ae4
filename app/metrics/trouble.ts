import { type Duration, seconds } from '../../topology/model/time.ts';

/** A broker that is restarted is away for less. */
const PASSING: Duration = seconds(10);
/** Longer than a request to a broker that does not answer: whoever still has trouble has said so meanwhile. */
const QUIET: Duration = seconds(15);

/** Whether a worker gets nowhere: it says again and again that it tries again, and nothing is committed. */
export class Trouble {
  #code = '';
  #since = 0;
  #last = Number.NEGATIVE_INFINITY;

  /** Something outside failed, and is tried again. */
  retried(code: string, now: number): void {
    if (now - this.#last > QUIET) this.#since = now;
    this.#code = code;
    this.#last = now;
  }

  /** A commit stands: what failed before is past. */
  committed(): void {
    this.#last = Number.NEGATIVE_INFINITY;
  }

  /** Code of what it gets nowhere with; undefined when it gets on, or has not yet tried for long. */
  at(now: number): string | undefined {
    const lasts = now - this.#last <= QUIET && now - this.#since > PASSING;
    return lasts ? this.#code : undefined;
  }
}
