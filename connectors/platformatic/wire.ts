import {
  type API,
  apiVersionsV3,
  Connection,
  type ConnectionOptions,
  TimeoutError,
} from '@platformatic/kafka';
import { isRefusedAs, translated } from './protocol-error.ts';

/**
 * One that gave no answer is asked something small first, and for so long: it may hang with its port open, and what is sent to it is in
 * doubt until the request times out. Milliseconds.
 */
const SIGN_OF_LIFE = 2_000;

/** How a client reaches brokers. */
export interface Access {
  readonly clientId: string;
  /** `host:port` of some brokers, from which the others are learned. */
  readonly bootstrap: readonly string[];
  readonly tls?: NonNullable<ConnectionOptions['tls']>;
  readonly sasl?: NonNullable<ConnectionOptions['sasl']>;
  /** Milliseconds to wait for an answer. */
  readonly requestTimeout: number;
  readonly connectTimeout: number;
  /** Milliseconds after which a group looks whether its topics have more partitions; 30,000 when not given. */
  readonly metadataMaxAge?: number;
}

/** What is known of a broker from all connections to it. */
export interface Life {
  /** It gave no answer when it was asked last. */
  readonly doubted: boolean;
  /** Whether it answered. */
  heard(heard: boolean): void;
}

/**
 * One TCP connection to one broker for one purpose, opened when it is needed and again when it broke. A broker answers the requests of a
 * connection one after the other: a fetch that waits must not hold up a heartbeat.
 */
export class Wire {
  readonly #access: Access;
  readonly #host: string;
  readonly #port: number;
  readonly #life: Life;
  #connection: Connection | undefined;
  #opening: Promise<Connection> | undefined;
  /** Requests that are not answered yet. */
  #underWay = 0;
  #closed = false;

  constructor(access: Access, address: string, life: Life) {
    this.#life = life;
    this.#access = access;
    const colon = address.lastIndexOf(':');
    this.#host = address.slice(0, colon);
    this.#port = Number(address.slice(colon + 1));
  }

  /** @throws StreamsError, saying `what`; where there was no connection nothing was sent, and it is `broker-unavailable`. */
  async call<A extends unknown[], R>(api: API<A, R>, what: string, ...args: A): Promise<R> {
    const where = `${what} at ${this.#host}:${this.#port}`;
    const connection = await this.#open().catch((error: unknown) => {
      const said = translated(error, where, false);
      this.#life.heard(said.code !== 'broker-unavailable');
      throw said;
    });
    this.#underWay++;
    try {
      const answer = await api.async(connection, ...args);
      this.#life.heard(true);
      return answer;
    } catch (error) {
      const said = translated(error, where);
      this.#life.heard(said.code !== 'request-timed-out' || isRefusedAs(error, 'REQUEST_TIMED_OUT'));
      throw said;
    } finally {
      this.#underWay--;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#connection?.close().catch(() => {});
  }

  async #open(): Promise<Connection> {
    // A broker answers in turn: behind a request that takes its time there would be no sign of life.
    const sure = !this.#life.doubted || this.#underWay > 0;
    if (sure && this.#connection?.isConnected() === true) return this.#connection;
    this.#opening ??= this.#ready().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #ready(): Promise<Connection> {
    const connection = this.#connection?.isConnected() === true ? this.#connection : await this.#connect();
    if (this.#life.doubted) await signOfLife(connection);
    this.#connection = connection;
    if (this.#closed) await connection.close().catch(() => {});
    return connection;
  }

  async #connect(): Promise<Connection> {
    const { clientId, tls, sasl, requestTimeout, connectTimeout } = this.#access;
    const connection = new Connection(clientId, {
      requestTimeout,
      connectTimeout,
      maxInflights: 20,
      ...(tls === undefined ? {} : { tls, tlsServerName: true }),
      ...(sasl === undefined ? {} : { sasl }),
    });
    // An error of a connection reaches those who wait for an answer; nobody else has to hear it.
    connection.on('error', () => {});
    await connection.connect(this.#host, this.#port);
    return connection;
  }
}

async function signOfLife(connection: Connection): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeoutError('No sign of life')), SIGN_OF_LIFE);
  });
  try {
    await Promise.race([apiVersionsV3.api.async(connection, 'sepsis-streams', '0'), over]);
  } catch (error) {
    connection.close().catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
