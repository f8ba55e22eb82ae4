import { type API, Connection, createTopicsV7, findCoordinatorV4 } from '@platformatic/kafka';
import { metadata } from '../../../connectors/platformatic/apis.ts';
import { translated } from '../../../connectors/platformatic/protocol-error.ts';
import { isStreamsError } from '../../../topology/model/errors.ts';

const PATIENCE = 120_000;
/** What a broker refuses for a moment only: markers are being written, or a coordinator is not ready. */
const MOMENTARY = new Set(['concurrent-transactions', 'broker-unavailable', 'request-timed-out']);

/** Requests to one broker. It answers those of a connection in turn, so what may wait for others goes over one of its own. */
export class Requests {
  readonly #host: string;
  readonly #port: number;
  readonly #shared: Promise<Connection>;
  readonly #idle: Connection[] = [];
  readonly #open: Connection[] = [];

  constructor(bootstrap: string) {
    const [host = '', port] = bootstrap.split(':');
    this.#host = host;
    this.#port = Number(port);
    this.#shared = this.#connect();
  }

  /** Has the broker make what it coordinates groups and transactions with: it does so when it is asked for a coordinator. */
  async ready(): Promise<void> {
    for (const kind of [0, 1]) await this.ask(findCoordinatorV4.api, kind, ['fidelity']);
  }

  /** Asks until it is answered by more than "not now". @throws StreamsError what it is refused with. */
  async ask<A extends unknown[], R>(api: API<A, R>, ...args: A): Promise<R> {
    for (const until = Date.now() + PATIENCE; ; ) {
      try {
        return await this.call(api, ...args);
      } catch (error) {
        if (!isStreamsError(error) || !MOMENTARY.has(error.code) || Date.now() > until) throw error;
      }
      await new Promise((resolve) => void setTimeout(resolve, 5));
    }
  }

  /** @throws StreamsError what it is refused with. */
  async call<A extends unknown[], R>(api: API<A, R>, ...args: A): Promise<R> {
    try {
      return await api.async(await this.#shared, ...args);
    } catch (error) {
      throw translated(error, 'A request');
    }
  }

  /** The same over a connection on which nobody else waits meanwhile. */
  async callAlone<A extends unknown[], R>(api: API<A, R>, ...args: A): Promise<R> {
    const connection = this.#idle.pop() ?? (await this.#connect());
    try {
      return await api.async(connection, ...args);
    } catch (error) {
      throw translated(error, 'A request');
    } finally {
      this.#idle.push(connection);
    }
  }

  /** Makes a topic, and gives its id when its partitions are led. */
  async createTopic(
    name: string,
    partitions: number,
  ): Promise<{ readonly name: string; readonly id: string }> {
    const topic = { name, numPartitions: partitions, replicationFactor: -1, assignments: [], configs: [] };
    await this.call(createTopicsV7.api, [topic], 30_000, false);
    for (;;) {
      const { topics } = await this.call(metadata, [name], false, false);
      const [found] = topics;
      const leaders = found?.partitions.map(({ leaderId }) => leaderId) ?? [];
      if (found !== undefined && leaders.length === partitions && leaders.every((leader) => leader >= 0))
        return { name, id: found.topicId };
      await new Promise((resolve) => void setTimeout(resolve, 20));
    }
  }

  async close(): Promise<void> {
    await this.#shared;
    await Promise.all(this.#open.map((connection) => connection.close().catch(() => {})));
  }

  async #connect(): Promise<Connection> {
    const connection = new Connection('member', { requestTimeout: 120_000, connectTimeout: 30_000 });
    connection.on('error', () => {});
    await connection.connect(this.#host, this.#port);
    this.#open.push(connection);
    return connection;
  }
}
