import { StreamsError } from '../../../topology/model/errors.ts';
import { type Duration, milliseconds } from '../../../topology/model/time.ts';
import type { Clock } from '../../../topology/ports/clock.ts';
import type { Client } from '../client.ts';
import type { Link, Request } from '../link.ts';
import { fraction, mostlySmall } from './chance.ts';
import type { Doing, FaultPlan } from './faults.ts';
import { type Cancel, type VirtualTime, virtualClock } from './virtual-time.ts';

/** A client gives up waiting for an answer after this. */
const REQUEST_TIMEOUT = 300;
const LONGEST_FREEZE = 4_000;
const RESTORING: ReadonlySet<Request> = new Set(['restore-fetch', 'snapshot-load', 'snapshot-epoch']);

export interface ProcessSettings {
  readonly slot: string;
  /** Which process of its slot it is, from 0. */
  readonly number: number;
  readonly seed: number;
  readonly time: VirtualTime;
  readonly faults: FaultPlan;
  readonly heartbeat: Duration;
  readonly onCrash: (process: SimulatedProcess) => void;
  readonly onFreeze: (process: SimulatedProcess, forMs: number) => void;
}

/**
 * A process on virtual time. All that happens in it begins with an answer or a timer; one that is dead gets none any
 * more, and one that is frozen gets all of them when it thaws, as a process does that was stopped or collected garbage.
 */
export class SimulatedProcess implements Client {
  readonly slot: string;
  /** `a#2` is the third process of slot a. */
  readonly name: string;
  readonly link: Link;
  readonly clock: Clock;
  readonly heartbeat: Duration;
  readonly #settings: ProcessSettings;
  readonly #counts = new Map<Request, number>();
  #dead = false;
  #frozenUntil = 0;
  /** Revocations that run: what a request is part of. */
  revoking = 0;

  constructor(settings: ProcessSettings) {
    this.#settings = settings;
    this.slot = settings.slot;
    this.name = `${settings.slot}#${settings.number}`;
    this.heartbeat = settings.heartbeat;
    this.clock = virtualClock(settings.time, (ms, run) => this.#plan(ms, run));
    this.link = { call: (request, apply) => this.#call(request, apply) };
  }

  get dead(): boolean {
    return this.#dead;
  }

  get frozen(): boolean {
    return this.#settings.time.now < this.#frozenUntil;
  }

  /** As `kill -9`: nothing happens in it any more. What is on its way to the cluster still arrives. */
  crash(): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#settings.onCrash(this);
  }

  /** Nothing happens in it for a while, and then everything that came meanwhile. */
  freeze(forMs: number): void {
    this.#frozenUntil = Math.max(this.#frozenUntil, this.#settings.time.now + forMs);
    this.#settings.onFreeze(this, forMs);
  }

  /** Something that happens in this process. */
  #plan(ms: number, run: () => void): Cancel {
    let cancel: Cancel = this.#settings.time.after(ms, () => {
      if (this.#dead) return;
      if (this.frozen) cancel = this.#plan(this.#frozenUntil - this.#settings.time.now, run);
      else run();
    });
    return () => cancel();
  }

  #call<R>(request: Request, apply: () => R | Promise<R>): Promise<R> {
    const { seed, time, faults } = this.#settings;
    const n = this.#counts.get(request) ?? 0;
    this.#counts.set(request, n + 1);
    const fault = faults.decide(this.name, request, n, this.#doing(request), time.now);
    const name = `${this.name} ${request} ${n}`;
    const way = (part: string): number => mostlySmall(seed, `${name} ${part}`, 0.2, 20);
    return new Promise<R>((resolve, reject) => {
      if (fault === 'crash-before') {
        this.crash();
        return;
      }
      if (fault === 'freeze-before') this.#freezeBy(name);
      const timeOut = (): void => {
        const error = new StreamsError('request-timed-out', `No answer to ${request}.`);
        this.#plan(REQUEST_TIMEOUT, () => reject(error));
      };
      const answered = (answer: () => void): void => {
        if (fault === 'crash-after') this.crash();
        if (fault === 'freeze-after') this.#freezeBy(name);
        if (fault === 'lost-answer') timeOut();
        else this.#plan(way('back'), answer);
      };
      const arrive = (): void => {
        if (fault === 'unavailable') {
          answered(() => reject(new StreamsError('broker-unavailable', `Nobody takes ${request}.`)));
          return;
        }
        applied(apply).then(
          (answer) => answered(() => resolve(answer)),
          (error: unknown) =>
            answered(() =>
              reject(error instanceof Error ? error : new Error('no error was thrown', { cause: error })),
            ),
        );
      };
      if (fault === 'lost-request') timeOut();
      else {
        // It leaves when the process runs, and arrives whatever becomes of the process.
        const leave = (): void => {
          time.after(way('there') * (fault === 'slow' ? 10 : 1), arrive);
        };
        if (this.frozen) this.#plan(0, leave);
        else leave();
      }
    });
  }

  #freezeBy(name: string): void {
    const how = fraction(this.#settings.seed, `${name} freeze`);
    this.freeze(milliseconds(50 + how * LONGEST_FREEZE));
  }

  #doing(request: Request): Doing {
    if (this.revoking > 0) return 'revoking';
    return RESTORING.has(request) ? 'restoring' : 'working';
  }
}

const applied = async <R>(apply: () => R | Promise<R>): Promise<R> => apply();
