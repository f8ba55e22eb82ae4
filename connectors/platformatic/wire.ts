import { type API, Connection, type ConnectionOptions } from '@platformatic/kafka';
import { translated } from './protocol-error.ts';

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
}

/**
 * One TCP connection to one broker for one purpose, opened when it is needed and again when it broke. A broker answers the requests of a
 * connection one after the other: a fetch that waits must not hold up a heartbeat.
 */
export class Wire {
  readonly #access: Access;
  readonly #host: string;
  readonly #port: number;
  #connection: Connection | undefined;
  #opening: Promise<Connection> | undefined;
  #closed = false;

  constructor(access: Access, address: string) {
    this.#access = access;
    const colon = address.lastIndexOf(':');
    this.#host = address.slice(0, colon);
    this.#port = Number(address.slice(colon + 1));
  }

  /** @throws StreamsError, saying `what`. */
  async call<A extends unknown[], R>(api: API<A, R>, what: string, ...args: A): Promise<R> {
    try {
      const connection = await this.#open();
      return await api.async(connection, ...args);
    } catch (error) {
      throw translated(error, `${what} at ${this.#host}:${this.#port}`);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#connection?.close().catch(() => {});
  }

  async #open(): Promise<Connection> {
    if (this.#connection?.isConnected() === true) return this.#connection;
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
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
    this.#connection = connection;
    if (this.#closed) await connection.close().catch(() => {});
    return connection;
  }
}
