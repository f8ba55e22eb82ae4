import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { afterEach } from 'vitest';
import { type Duration, type Instant, instant } from '../../../topology/model/time.ts';
import type { Clock } from '../../../topology/ports/clock.ts';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** What is done with a request. */
export type Act = (response: ServerResponse) => void;

export interface ScriptedRegistry {
  readonly url: string;
  readonly asked: readonly Asked[];
  readonly close: () => Promise<void>;
}

/** A server that does to the first request what the first act says, and so on; the last act is for all that follow. */
export async function scripted(
  acts: readonly Act[],
  tls?: { readonly key: string; readonly cert: string },
): Promise<ScriptedRegistry> {
  const asked: Asked[] = [];
  const listener: RequestListener = (request, response) => {
    const act = acts[Math.min(asked.length, acts.length - 1)];
    const { method = '', url: path = '', headers } = request;
    const seen = { method, path, headers: { ...headers } };
    const at = asked.push({ ...seen, body: '' }) - 1;
    void text(request).then((body) => {
      asked[at] = { ...seen, body };
      act?.(response);
    });
  };
  const server: Server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  open.push(close);
  return { url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${address.port}`, asked, close };
}

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** Answers with JSON, as a registry does. */
export const json =
  (body: unknown, status = 200): Act =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' });
    response.end(JSON.stringify(body));
  };

export const plain =
  (body: string, status: number, headers: Record<string, string> = {}): Act =>
  (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };

/** The connection breaks before there is an answer. */
export const reset: Act = (response) => response.socket?.destroy();

/** The connection breaks in the middle of the answer. */
export const broken: Act = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"schema":', () => response.socket?.destroy());
};

export const silent: Act = () => {};

/** A clock on which a pause takes no time, and is noted. */
export class NotedClock implements Clock {
  readonly pauses: number[] = [];
  #now = 0;
  now(): Instant {
    return instant(this.#now);
  }
  sleep(time: Duration): Promise<void> {
    this.pauses.push(time);
    this.#now += time;
    return Promise.resolve();
  }
}
