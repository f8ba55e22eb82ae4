import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { ProxiedClient } from './proxied-client.ts';
import { ProxiedConnection } from './proxied-connection.ts';

const HOST = '127.0.0.1';

/**
 * A network between clients and the brokers of a cluster, on which things are lost and kept when a test says so. It understands
 * the frames of the protocol and the headers of requests, and tells clients its own address for each broker's. Clients are told
 * apart by their client ids: one proxy serves any number of them.
 */
export class KafkaProxy {
  /** In the brokers' place: `127.0.0.1:20001`, of several brokers with commas. */
  readonly bootstrap: string;
  readonly #servers: readonly Server[];
  readonly #clients = new Map<string, ProxiedClient>();
  readonly #connections = new Set<ProxiedConnection>();

  constructor(servers: readonly Server[], brokerPorts: readonly number[]) {
    this.#servers = servers;
    const own = servers.map(portOf);
    this.bootstrap = own.map((port) => `${HOST}:${port}`).join(',');
    const ports = new Map(brokerPorts.map((port, i) => [port, own[i] ?? 0]));
    for (const [i, server] of servers.entries()) {
      server.on('connection', (socket) => {
        const broker = connect(brokerPorts[i] ?? 0, HOST);
        const connection = new ProxiedConnection(socket, broker, (id) => this.client(id), ports);
        this.#connections.add(connection);
        void connection.run().finally(() => this.#connections.delete(connection));
      });
    }
  }

  /** The client of this id, whether or not it has connected yet. */
  client(id: string): ProxiedClient {
    let client = this.#clients.get(id);
    if (client === undefined) {
      client = new ProxiedClient();
      this.#clients.set(id, client);
    }
    return client;
  }

  async stop(): Promise<void> {
    const closed = this.#servers.map((server) => once(server, 'close'));
    for (const server of this.#servers) server.close();
    for (const connection of this.#connections) connection.cut();
    await Promise.all(closed);
  }
}

/** A proxy before the brokers at these addresses, `127.0.0.1:20001` with commas between them. */
export async function startKafkaProxy(brokers: string): Promise<KafkaProxy> {
  const ports = brokers.split(',').map((address) => Number(address.split(':')[1]));
  const servers = await Promise.all(
    ports.map(async () => {
      const server = createServer({ noDelay: true }).listen(0, HOST);
      await once(server, 'listening');
      return server;
    }),
  );
  return new KafkaProxy(servers, ports);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy does not listen.');
  return address.port;
}
