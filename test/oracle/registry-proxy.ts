import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';

/** What is done with requests: passed on, not answered, cut off, or answered with this status. */
export type Mode = 'passes' | 'silent' | 'cut' | number;

/** Stands before a real Schema Registry, and has the faults that a network and a server in trouble have. */
export class RegistryProxy {
  /** Of the registry behind it, through this one. */
  readonly url: string;
  readonly #server: Server;
  readonly #state: { mode: Mode; asked: number };

  private constructor(url: string, server: Server, state: { mode: Mode; asked: number }) {
    this.url = url;
    this.#server = server;
    this.#state = state;
  }

  static async before(registry: string, mode: Mode = 'passes'): Promise<RegistryProxy> {
    const target = new URL(registry);
    const state = { mode, asked: 0 };
    const server = createServer((incoming, outgoing) => {
      state.asked++;
      act(state.mode, incoming, outgoing, target);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
    return new RegistryProxy(`http://127.0.0.1:${address.port}${target.pathname}`, server, state);
  }

  set mode(mode: Mode) {
    this.#state.mode = mode;
  }

  /** How often it was asked. */
  get asked(): number {
    return this.#state.asked;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function act(mode: Mode, incoming: IncomingMessage, outgoing: ServerResponse, target: URL): void {
  if (mode === 'silent') return;
  if (mode === 'cut') {
    outgoing.socket?.destroy();
  } else if (typeof mode === 'number') {
    incoming.resume();
    outgoing.writeHead(mode);
    outgoing.end();
  } else {
    const { method, url, headers } = incoming;
    const { hostname: host, port } = target;
    const passed = request({ host, port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.socket?.destroy());
    incoming.pipe(passed);
  }
}
