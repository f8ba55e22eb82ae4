import { type Duration, milliseconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import { pauseAfter } from '../sink/back-off.ts';
import { RateWindow } from './rate-window.ts';

/** Requests at a time with one routing key: more would only wait at the other side. */
const AT_ONCE = 8;

/** So many failures in a row, of a key or of one event, may be those of an event that is never taken. */
export const DOUBT = 3;

/** How often it is looked at what waits. Milliseconds. */
const LOOK = 1_000;

/** Who waits for a call. */
export interface Waiting {
  /** Whether somebody must be told of a patient who got worse; asked whenever a call may be made. */
  readonly urgent: () => boolean;
  /** Of equals the oldest goes first; epoch milliseconds. */
  readonly since: number;
}

interface Queued extends Waiting {
  readonly go: (call: Call) => void;
}

/** A call that may be made, once. It is to be ended in one of these ways. */
export interface Call {
  /** Whether the key is known to work: somebody was answered since anybody failed. */
  readonly works: boolean;
  /** It is not for who waited: the key is to be asked whether it works, with what concerns nobody. */
  readonly asks: boolean;
  /** It was answered as it should be. */
  done(): void;
  /** It was not, and everybody who waits here is to wait for longer; `retryAfter` in milliseconds, when somebody said so. */
  failed(retryAfter: number | undefined): void;
  /** It was not made. */
  unused(): void;
  /** What came of it says nothing of the others: nobody waited for its answer, or its trouble is its own. */
  saysNothing(): void;
}

/**
 * Lets calls with one routing key through: as many as its rate allows, urgent ones first. After a failure one at a time tries,
 * with growing pauses, until it is answered again; every other of them asks, in case that who tries is alone with his trouble.
 */
export class Gate {
  readonly #clock: Clock;
  readonly #chance: () => number;
  readonly #window: RateWindow;
  #queue: Queued[] = [];
  #made = 0;
  #failures = 0;
  #works = false;
  #closedUntil = 0;
  /** Ends the wait for a moment that is not wanted any more. */
  #alarm: AbortController | undefined;

  /** `rate`: calls in any sliding minute. */
  constructor(rate: number, clock: Clock, chance: () => number) {
    this.#clock = clock;
    this.#chance = chance;
    this.#window = new RateWindow(rate);
  }

  /** Resolves when a call may be made; undefined: it was told to stop before. */
  pass(waiting: Waiting, signal: AbortSignal): Promise<Call | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const stopped = (): void => {
        this.#queue = this.#queue.filter((one) => one !== queued);
        resolve(undefined);
      };
      const queued: Queued = {
        ...waiting,
        go: (call) => {
          signal.removeEventListener('abort', stopped);
          resolve(call);
        },
      };
      signal.addEventListener('abort', stopped);
      this.#queue.push(queued);
      this.#look();
    });
  }

  #look(): void {
    this.#alarm?.abort();
    this.#alarm = undefined;
    while (this.#queue.length > 0 && this.#made < (this.#failures > 0 ? 1 : AT_ONCE)) {
      const now = this.#clock.now();
      const urgent = this.#queue.filter((one) => one.urgent());
      const next = Math.max(this.#closedUntil, this.#window.next(now, urgent.length > 0));
      if (next > now) {
        // Whoever waits may come to be urgent meanwhile.
        this.#wakeIn(milliseconds(Math.min(next - now, LOOK)));
        return;
      }
      const first = oldest(urgent.length > 0 ? urgent : this.#queue);
      this.#queue = this.#queue.filter((one) => one !== first);
      this.#window.made(now);
      this.#made++;
      first.go(this.#call(now));
    }
  }

  #call(at: number): Call {
    const ended = (): void => {
      this.#made--;
      this.#look();
    };
    const before = this.#failures;
    return {
      works: this.#works,
      // Not twice in a row: what asks may be refused where a page is not.
      asks: this.#failures >= DOUBT && (this.#failures - DOUBT) % 2 === 0,
      done: () => {
        // What was under way beside a failure says nothing of now.
        if (this.#failures === before) {
          this.#failures = 0;
          this.#works = true;
          this.#closedUntil = 0;
        }
        ended();
      },
      failed: (retryAfter) => {
        // Of calls that were under way together all but the first say nothing new.
        if (this.#failures === before) this.#failures++;
        this.#works = false;
        const pause = pauseAfter(this.#failures, this.#chance(), retryAfter);
        this.#closedUntil = Math.max(this.#closedUntil, this.#clock.now() + pause);
        ended();
      },
      unused: () => {
        this.#window.takeBack(at);
        ended();
      },
      saysNothing: ended,
    };
  }

  #wakeIn(time: Duration): void {
    const alarm = new AbortController();
    this.#alarm = alarm;
    void this.#clock.sleep(time, alarm.signal).then(() => {
      if (!alarm.signal.aborted) this.#look();
    });
  }
}

/** Of some, of which there is one. */
const oldest = (queue: readonly Queued[]): Queued =>
  queue.reduce((first, one) => (one.since < first.since ? one : first));
