import { StreamsError } from '../../topology/model/errors.ts';

/**
 * One that gave no answer is asked something small first, and for so long: it may hang with its port open, and what is sent to it is in
 * doubt until the request times out. Milliseconds.
 */
const SIGN_OF_LIFE = 2_000;

/** What is known of a broker from all connections to it. */
export interface Life {
  /** It gave no answer when it was asked last. */
  readonly doubted: boolean;
  /** Whether it answered. */
  heard(heard: boolean): void;
}

/** A connection of a client library. */
export interface Connected {
  isConnected(): boolean;
  close(): Promise<unknown>;
}

/** How a client library connects, and what it says when something goes wrong. */
export interface Connecting<C extends Connected> {
  readonly connect: (host: string, port: number) => Promise<C>;
  /** Waits while a connection is being let in anew, where nothing else may be asked on it meanwhile. */
  readonly letIn?: (connection: C) => Promise<void>;
  /** Asks for something small. */
  readonly ping: (connection: C) => Promise<unknown>;
  /** Whatever the library threw, in the words of the table. Where nothing was `sent` yet, nothing can have come of it. */
  readonly translated: (error: unknown, what: string, sent: boolean) => StreamsError;
  /** Whether a time-out is one that the broker itself tells of. */
  readonly answered: (error: unknown) => boolean;
}

/**
 * One TCP connection to one broker for one purpose, opened when it is needed and again when it broke. A broker answers the requests of a
 * connection one after the other: a fetch that waits must not hold up a heartbeat.
 */
export class Wire<C extends Connected> {
  readonly #connecting: Connecting<C>;
  readonly #host: string;
  readonly #port: number;
  readonly #life: Life;
  #connection: C | undefined;
  #opening: Promise<C> | undefined;
  /** Requests that are not answered yet. */
  #underWay = 0;
  #closed = false;

  constructor(connecting: Connecting<C>, address: string, life: Life) {
    this.#connecting = connecting;
    this.#life = life;
    const colon = address.lastIndexOf(':');
    // Of version 6: in brackets in a list, without them where it is connected to.
    this.#host = address.slice(0, colon).replace(/^\[|\]$/g, '');
    this.#port = Number(address.slice(colon + 1));
  }

  /** @throws StreamsError, saying `what`; where there was no connection nothing was sent, and it is `broker-unavailable`. */
  async ask<R>(what: string, request: (connection: C) => Promise<R>): Promise<R> {
    const { translated, answered } = this.#connecting;
    const where = `${what} at ${this.#host}:${this.#port}`;
    const connection = await this.#open().catch((error: unknown) => {
      const said = translated(error, where, false);
      this.#life.heard(said.code !== 'broker-unavailable');
      throw said;
    });
    this.#underWay++;
    try {
      const answer = await request(connection);
      this.#life.heard(true);
      return answer;
    } catch (error) {
      const said = translated(error, where, true);
      this.#life.heard(said.code !== 'request-timed-out' || answered(error));
      throw said;
    } finally {
      this.#underWay--;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#connection?.close().catch(() => {});
  }

  async #open(): Promise<C> {
    // A broker answers in turn: behind a request that takes its time there would be no sign of life.
    const sure = !this.#life.doubted || this.#underWay > 0;
    if (sure && this.#connection?.isConnected() === true) return this.#connection;
    this.#opening ??= this.#ready().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #ready(): Promise<C> {
    const { connect, letIn } = this.#connecting;
    // One more would be opened each time, and those before kept.
    if (this.#connection?.isConnected() === false) await letIn?.(this.#connection);
    const known = this.#connection?.isConnected() === true ? this.#connection : undefined;
    const connection = known ?? (await connect(this.#host, this.#port));
    if (this.#life.doubted) await this.#signOfLife(connection);
    this.#connection = connection;
    if (this.#closed) await connection.close().catch(() => {});
    return connection;
  }

  async #signOfLife(connection: C): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () =>
          reject(
            new StreamsError('broker-unavailable', `${this.#host}:${this.#port} gives no sign of life.`),
          ),
        SIGN_OF_LIFE,
      );
    });
    try {
      await Promise.race([this.#connecting.ping(connection), over]);
    } catch (error) {
      connection.close().catch(() => {});
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}
