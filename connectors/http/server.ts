import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { HTTP_LIMITS, type HttpLimits } from './limits.ts';
import { listen } from './listen.ts';
import type { Refusal } from './refusal.ts';
import type { Answer, Route } from './route.ts';
import { Routes } from './routes.ts';
import { type Identity, identified } from './tls.ts';

// By its name an import would load fetch beside it (D-046).
const { createServer } = process.getBuiltinModule('node:http');

export interface HttpServerOptions {
  /** Address to listen on; `0.0.0.0` or `::` for all. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly routes: readonly Route[];
  /** With it the server speaks TLS, and nothing else. */
  readonly tls?: Identity;
  readonly limits?: Partial<HttpLimits>;
  /** A route threw: its path, and what it threw. The client learns nothing of it. */
  readonly onFailure?: (path: string, error: unknown) => void;
  /** How a client is told that it is not served; in a JSON of its reason unless given. */
  readonly refused?: (refusal: Refusal) => Answer;
}

/** A server that listens. */
export interface HttpServer {
  /** The real one, where any was asked for. */
  readonly port: number;
  /** Takes no more requests, finishes those in flight within the limit, and ends every connection. */
  close(): Promise<void>;
}

/**
 * Begins to serve.
 * @throws StreamsError `http-address-unavailable`: in use, not this machine's, or not allowed; `configuration`: no usable TLS.
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const limits = { ...HTTP_LIMITS, ...options.limits };
  const server = serverOf(options.tls, limits);
  const routes = new Routes(options.routes, options.onFailure ?? (() => {}), options.refused);
  let closing = false;
  const serve = async (request: IncomingMessage, response: ServerResponse, ready: () => void) => {
    const answer = await routes.answer(request, ready);
    send(response, answer, closing);
  };
  server.on('request', (request, response) => {
    void serve(request, response, () => {});
  });
  server.on('checkContinue', (request, response) => {
    // Of a client that is refused nobody knows whether it sends its body all the same: then Node ends the connection.
    void serve(request, response, () => response.writeContinue());
  });
  const port = await listen(server, options);
  return {
    port,
    close: () => {
      closing = true;
      return close(server, limits);
    },
  };
}

function serverOf(tls: Identity | undefined, limits: HttpLimits): Server {
  const timing = {
    headersTimeout: limits.headers,
    requestTimeout: limits.request,
    keepAliveTimeout: limits.idle,
    connectionsCheckingInterval: limits.check,
  };
  const server =
    tls === undefined
      ? createServer(timing)
      : createTlsServer({ ...timing, handshakeTimeout: limits.headers, ...identified(tls) });
  server.setTimeout(limits.silence);
  server.maxConnections = limits.connections;
  return server;
}

function send(response: ServerResponse, { status, type, body, headers }: Answer, last: boolean): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': bytes.length,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
    ...(last ? { Connection: 'close' } : {}),
  });
  response.end(bytes);
}

async function close(server: Server, { close: within }: HttpLimits): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), within);
  await closed;
  clearTimeout(timer);
}
