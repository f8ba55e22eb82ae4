import { setTimeout as pause } from 'node:timers/promises';
import type { Duration } from '../../../topology/model/time.ts';
import type { Api } from './request-header.ts';

/** On its way to the broker, or on its way back. */
export type Way = 'request' | 'answer';

/** Something that is kept on its way. */
export interface Held {
  /** Resolves when it is here. */
  readonly underWay: Promise<void>;
  readonly letGo: () => void;
  /** Its client loses the connection, and what is kept is still on its way. */
  readonly breakOff: () => void;
  /** What the broker answers, as a frame. */
  readonly answer: Promise<Buffer>;
}

/** What is to become of one request, or of the answer to it. */
export interface Order {
  readonly api: Api;
  readonly way: Way;
  /** It is here. Resolves when it may pass; false: it is lost, and its connection with it. */
  readonly meet: (breakOff: () => void) => Promise<boolean>;
  readonly answered: (frame: Buffer) => void;
}

interface Gate {
  readonly passed: Promise<void>;
  readonly open: () => void;
}

function gate(): Gate {
  const { promise: passed, resolve: open } = Promise.withResolvers<void>();
  return { passed, open };
}

/**
 * One client process as the network treats it: all connections that bear its client id. Each fault is for the next request of
 * its kind that no other fault is waiting for; what follows it on the same connection waits behind it.
 */
export class ProxiedClient {
  readonly #orders: Order[] = [];
  readonly #cut = new Set<() => void>();
  readonly #requests = new Map<Api, number>();
  #thawed: Promise<void> | undefined;
  #severed = false;

  /** The request never arrives, or nobody hears the answer: the connection breaks. Resolves when that has happened. */
  lose(api: Api, way: Way): Promise<void> {
    return this.#order(api, way, () => Promise.resolve(false));
  }

  /** Kept until it is let go, also when the client has given its connection up: what is on its way arrives. */
  hold(api: Api, way: Way): Held {
    const left = gate();
    let breakOff = (): void => {};
    const { promise: answer, resolve: answered } = Promise.withResolvers<Buffer>();
    const pass = (broken: () => void): Promise<boolean> => {
      breakOff = broken;
      return left.passed.then(() => true);
    };
    const underWay = this.#order(api, way, pass, answered);
    return { underWay, letGo: left.open, breakOff: () => breakOff(), answer };
  }

  /** Comes so much later. Resolves when it is here. */
  delay(api: Api, way: Way, time: Duration): Promise<void> {
    return this.#order(api, way, () => pause(time, true));
  }

  /** Nothing goes out or comes in any more; gives what ends that. */
  freeze(): () => void {
    const thaw = gate();
    this.#thawed = thaw.passed;
    return () => {
      this.#thawed = undefined;
      thaw.open();
    };
  }

  /** Breaks all its connections; those it makes later too. */
  sever(): void {
    this.#severed = true;
    for (const cut of this.#cut) cut();
  }

  /** How many requests of the kind it has made. */
  requests(api: Api): number {
    return this.#requests.get(api) ?? 0;
  }

  /** For connections: notes the request, and gives what is to become of it. */
  asked(api: Api): Order | undefined {
    this.#requests.set(api, this.requests(api) + 1);
    const at = this.#orders.findIndex((order) => order.api === api);
    return at < 0 ? undefined : this.#orders.splice(at, 1)[0];
  }

  /** For connections: resolves when it is not frozen. False: it is severed. */
  async passes(): Promise<boolean> {
    while (this.#thawed !== undefined) await this.#thawed;
    return !this.#severed;
  }

  /** For connections: `cut` breaks one; gives what takes it out again. */
  connected(cut: () => void): () => void {
    this.#cut.add(cut);
    return () => void this.#cut.delete(cut);
  }

  #order(
    api: Api,
    way: Way,
    pass: (breakOff: () => void) => Promise<boolean>,
    answered: (frame: Buffer) => void = () => {},
  ): Promise<void> {
    const here = gate();
    const meet = (breakOff: () => void): Promise<boolean> => {
      here.open();
      return pass(breakOff);
    };
    this.#orders.push({ api, way, meet, answered });
    return here.passed;
  }
}
