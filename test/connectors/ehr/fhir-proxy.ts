import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A request as it came. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What to do with a request in place of passing it on: an answer, or a fault of the connection. */
export type Fault =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** The server has carried it out, and the answer is lost. */
  | 'answer-lost'
  /** The connection ends at once. */
  | 'reset'
  /** Nobody answers. */
  | 'silent';

/** Stands before a FHIR server on 127.0.0.1, and does with some requests what it is told. */
export class FhirProxy {
  readonly seen: Seen[] = [];
  /** Asked for each request; undefined: it is passed on. */
  fault: (seen: Seen) => Fault | undefined = () => undefined;
  /** Awaited before a request is passed on. */
  before: (seen: Seen) => Promise<void> = () => Promise.resolve();
  /** Awaited when the server has carried a request out, before its answer is passed back. */
  behind: (seen: Seen) => Promise<void> = () => Promise.resolve();
  readonly #target: string;
  readonly #server = createServer((asked, answer) => void this.#serve(asked, answer));

  private constructor(target: string) {
    this.#target = target;
  }

  /** @param target base of the server that stands behind it. */
  static async before(target: string): Promise<FhirProxy> {
    const proxy = new FhirProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      proxy.#server.close();
      proxy.#server.closeAllConnections();
    });
    return proxy;
  }

  /** Its address, with the path of the server behind it. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}${new URL(this.#target).pathname}`;
  }

  /** Writes that came. */
  get writes(): readonly Seen[] {
    return this.seen.filter(({ method }) => method !== 'GET');
  }

  async #serve(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const seen: Seen = {
      method: asked.method ?? '',
      path: asked.url ?? '',
      headers: asked.headers,
      body: await text(asked),
    };
    this.seen.push(seen);
    const fault = this.fault(seen);
    if (fault === 'silent') return;
    if (fault === 'reset') return void asked.socket.destroy();
    if (typeof fault === 'object') {
      answer.writeHead(fault.status, fault.headers).end(fault.body ?? '');
      return;
    }
    await this.before(seen);
    const passed = request(
      new URL(seen.path, this.#target),
      { method: seen.method, headers: { ...seen.headers, connection: 'close' }, agent: false },
      (reply) => {
        if (fault === 'answer-lost') {
          reply.resume().once('end', () => asked.socket.destroy());
          return;
        }
        void this.behind(seen).then(() => {
          answer.writeHead(reply.statusCode ?? 0, reply.headers);
          reply.pipe(answer);
        });
      },
    );
    passed.on('error', () => asked.socket.destroy());
    passed.end(seen.body);
  }
}
