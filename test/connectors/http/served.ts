import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach } from 'vitest';
import type { HttpLimits } from '../../../connectors/http/limits.ts';
import type { Route } from '../../../connectors/http/route.ts';
import { type HttpServer, type HttpServerOptions, startHttpServer } from '../../../connectors/http/server.ts';

const running = new Set<HttpServer>();

afterEach(async () => {
  await Promise.all([...running].map((server) => server.close()));
  running.clear();
});

/** A real server on a free port, closed behind the test. */
export async function served(
  routes: readonly Route[],
  options: Partial<HttpServerOptions> & { readonly limits?: Partial<HttpLimits> } = {},
): Promise<HttpServer & { readonly url: string }> {
  const server = await startHttpServer({ host: '127.0.0.1', port: 0, routes, ...options });
  running.add(server);
  const scheme = options.tls === undefined ? 'http' : 'https';
  return { ...server, url: `${scheme}://127.0.0.1:${server.port}` };
}

/** A client that writes bytes by hand and keeps what it is told. */
export class RawClient {
  readonly #socket: ReturnType<typeof connect>;
  readonly #ended: Promise<void>;
  said = '';

  private constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port });
    this.#socket.on('data', (bytes: Buffer) => {
      this.said += bytes.toString('latin1');
    });
    // Cut off by the server, in whatever way: that is what these tests wait for.
    this.#socket.on('error', () => {});
    this.#ended = new Promise((resolve) => {
      this.#socket.once('close', () => resolve());
    });
  }

  static async to(port: number): Promise<RawClient> {
    const client = new RawClient(port);
    await once(client.#socket, 'connect');
    return client;
  }

  write(text: string): void {
    this.#socket.write(text);
  }

  /** Resolves when the server has cut or ended the connection, to all that it said. */
  async ended(): Promise<string> {
    await this.#ended;
    return this.said;
  }

  /** Resolves when the server has said this. */
  async heard(text: string): Promise<string> {
    while (!this.said.includes(text)) await new Promise((resolve) => setTimeout(resolve, 5));
    return this.said;
  }

  cut(): void {
    this.#socket.destroy();
  }
}
