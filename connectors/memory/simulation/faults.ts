import type { Request } from '../link.ts';
import { fraction } from './chance.ts';

/** What can go wrong on the way of one request. `before`: nothing was applied yet; `after`: it was, and nobody heard. */
export const FAULTS = [
  'crash-before',
  'crash-after',
  'freeze-before',
  'freeze-after',
  'lost-request',
  'lost-answer',
  'slow',
  'unavailable',
] as const;
export type Fault = (typeof FAULTS)[number];

/** What a process is doing while it asks: it tells a request of a commit from the same one in a rebalance. */
export type Doing = 'working' | 'restoring' | 'revoking';

export interface FaultRates {
  /** Chance of a fault in a request, 0 to 1. */
  readonly of: (request: Request, doing: Doing) => number;
  readonly kinds: readonly Fault[];
}

/** What befalls whole processes and the snapshot store, beside the requests that go wrong. */
export const DISTURBANCES = [
  'crash',
  'freeze',
  'restart',
  'snapshot fail-over',
  'snapshot lost',
  'snapshot corrupt',
] as const;
export type Disturbance = (typeof DISTURBANCES)[number];

/** A fault that happened. `id` is the same in every run of the seed in which the process came so far. */
export interface InjectedFault {
  readonly id: string;
  readonly fault: Fault | Disturbance;
  /** The request that went wrong; undefined: a disturbance. */
  readonly request?: Request;
  readonly doing?: Doing;
  /** Virtual milliseconds. */
  readonly at: number;
}

/** Decides, from the seed alone, which requests go wrong and how. */
export class FaultPlan {
  readonly #seed: number;
  readonly #rates: FaultRates;
  readonly #skip: ReadonlySet<string>;
  readonly injected: InjectedFault[] = [];
  /** No more faults from here on. */
  over = false;

  /** `skip`: ids of faults that are left out, for shrinking. */
  constructor(seed: number, rates: FaultRates, skip: ReadonlySet<string> = new Set()) {
    this.#seed = seed;
    this.#rates = rates;
    this.#skip = skip;
  }

  /** What happens to the n-th such request of a process. */
  decide(process: string, request: Request, n: number, doing: Doing, at: number): Fault | undefined {
    if (this.over) return undefined;
    const id = `${process} ${request} ${n}`;
    const rate = this.#rates.of(request, doing);
    const drawn = fraction(this.#seed, id);
    if (drawn >= rate || this.#skip.has(id)) return undefined;
    const { kinds } = this.#rates;
    const fault = kinds[Math.floor(fraction(this.#seed, `${id} kind`) * kinds.length)];
    if (fault !== undefined) this.injected.push({ id, fault, request, doing, at });
    return fault;
  }

  /** Whether a disturbance that is due takes place. */
  disturbs(id: string, fault: Disturbance, at: number): boolean {
    if (this.over || this.#skip.has(id)) return false;
    this.injected.push({ id, fault, at });
    return true;
  }
}

/** Often where exactly once is decided, seldom where a client asks all the time. */
export const USUAL: FaultRates = {
  of: (request, doing) => {
    if (request === 'fetch' || request === 'heartbeat') return 0.002;
    if (request === 'metadata') return 0.01;
    return doing === 'working' ? 0.02 : 0.05;
  },
  kinds: FAULTS,
};

export const NONE: FaultRates = { of: () => 0, kinds: [] };
