/** Label sets that a counter may have: a step that makes up reasons must not fill the memory of whoever scrapes. */
const MOST = 300;
/** What a reason code looks like; anything else could be a value out of a record. */
const CODE = /^[a-z][a-z0-9-]{0,39}$/;

interface Count {
  times: number;
}

/** How often each step said each reason since it was last asked. Told per record, so adding costs next to nothing. */
export class VerdictCounts {
  readonly #bySteps = new Map<string, Map<string, Count>>();
  readonly #labels = new Set<string>();
  /** The step that spoke last: mostly it speaks next too. */
  #step = '';
  #reasons = new Map<string, Count>();

  add(step: string, reason: string): void {
    if (step !== this.#step) this.#turnTo(step);
    const count = this.#reasons.get(reason);
    if (count === undefined) this.#reasons.set(reason, { times: 1 });
    else count.times++;
  }

  /** Hands over the counts, and begins anew. */
  take(each: (labels: { step: string; reason: string }, times: number) => void): void {
    for (const [step, reasons] of this.#bySteps)
      for (const [reason, { times }] of reasons) each({ step, reason: this.#bounded(step, reason) }, times);
    this.#bySteps.clear();
    this.#step = '';
  }

  #turnTo(step: string): void {
    this.#step = step;
    const known = this.#bySteps.get(step);
    if (known !== undefined) {
      this.#reasons = known;
      return;
    }
    this.#reasons = new Map();
    this.#bySteps.set(step, this.#reasons);
  }

  #bounded(step: string, reason: string): string {
    const label = `${step} ${reason}`;
    if (this.#labels.has(label)) return reason;
    if (!CODE.test(reason) || this.#labels.size >= MOST) return 'other';
    this.#labels.add(label);
    return reason;
  }
}
