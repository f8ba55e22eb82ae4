import type { Figure } from '../measure.ts';

/** What one drain gave, in records. */
export interface Drained {
  /** Behind the warm-up. */
  readonly perCpuSecond: number;
  readonly perSecond: number;
  /** Of the whole life of the processes, start and end included. */
  readonly wholePerCpuSecond: number;
}

/** What drains gave, by name, said as it comes. */
export class DrainSamples {
  readonly #say: (line: string) => void;
  readonly #samples = new Map<string, number[]>();

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  note(name: string, value: number): void {
    this.#samples.set(name, [...this.of(name), value]);
    this.#say(`${name}: ${Math.round(value).toLocaleString('en')}`);
  }

  drained(by: string, one: Drained): void {
    this.note(`${by}: warm, per CPU-second`, one.perCpuSecond);
    this.note(`${by}: warm, per second`, one.perSecond);
    this.note(`${by}: whole life, per CPU-second`, one.wholePerCpuSecond);
  }

  of(name: string): readonly number[] {
    return this.#samples.get(name) ?? [];
  }

  get figures(): Figure[] {
    return [...this.#samples].map(([name, samples]) => ({ name, unit: 'records', samples }));
  }
}
