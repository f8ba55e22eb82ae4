import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { assertBearer } from '../http/bearer.ts';
import { assertTakes, bodyOf } from '../http/body.ts';
import { HTTP_LIMITS } from '../http/limits.ts';
import { listen } from '../http/listen.ts';
import { Refusal, type RefusalReason } from '../http/refusal.ts';
import type { Answer, BodyRule, Route } from '../http/route.ts';
import { Routes } from '../http/routes.ts';
import { type Identity, identified } from '../http/tls.ts';
import type { Asked, Inlet } from './inlet.ts';
import { type Issue, outcome } from './outcome.ts';

export interface InletOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly tls?: Identity;
  /** Asked for with each request, so that it may change. */
  readonly token: () => string;
  readonly inlet: Inlet;
  /** What else is served: what is asked for by GET. */
  readonly routes: readonly Route[];
  /** Something threw that is no answer: nobody foresaw it. */
  readonly failed: (error: unknown) => void;
}

/** Bundles of a hospital's feed are far below this. */
const MOST_BYTES = 16 * 1024 * 1024;
const BODY: BodyRule = { types: ['application/fhir+json', 'application/json'], maxBytes: MOST_BYTES };

/**
 * Serves `POST /fhir`, `POST /fhir/{type}` and `PUT /fhir/{type}/{id}`, which a FHIR server's rest-hook Subscriptions use, and
 * the routes beside them.
 * @throws StreamsError `http-address-unavailable`, `configuration`.
 */
export async function serveInlet(
  options: InletOptions,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  let closing = false;
  const beside = new Routes(options.routes, (_, error) => options.failed(error));
  const serve = (request: IncomingMessage, response: ServerResponse, ready: () => void): void => {
    void answerOf(request, options, beside, ready).then((answer) => send(response, answer, closing));
  };
  const server = serverOf(options.tls, (request, response) => serve(request, response, () => {}));
  server.on('checkContinue', (request, response) => serve(request, response, () => response.writeContinue()));
  const port = await listen(server, options);
  return {
    port,
    close: async () => {
      closing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), HTTP_LIMITS.close);
      await closed;
      clearTimeout(timer);
    },
  };
}

function serverOf(tls: Identity | undefined, listener: RequestListener): Server {
  const { headers, request, idle, check, silence, connections } = HTTP_LIMITS;
  const timing = {
    headersTimeout: headers,
    requestTimeout: request,
    keepAliveTimeout: idle,
    connectionsCheckingInterval: check,
  };
  const server =
    tls === undefined
      ? createServer(timing, listener)
      : createTlsServer({ ...timing, handshakeTimeout: headers, ...identified(tls) }, listener);
  server.setTimeout(silence);
  server.maxConnections = connections;
  return server;
}

/** The checks go from cheap to dear: a client that is refused costs no body. */
async function answerOf(
  request: IncomingMessage,
  options: InletOptions,
  beside: Routes,
  ready: () => void,
): Promise<Answer> {
  try {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (options.routes.some((route) => route.path === path)) return await beside.answer(request, () => {});
    const asked = askedOf(path, request.method ?? '');
    assertBearer(request.headers.authorization, options.token());
    assertTakes(BODY, request);
    ready();
    return await options.inlet.take(await bodyOf(request, BODY), asked);
  } catch (error) {
    if (error instanceof Refusal) return refused(error);
    options.failed(error);
    return refused(new Refusal('internal'));
  }
}

const PATH = /^\/fhir(?:\/([A-Za-z]{1,64})(?:\/([A-Za-z0-9.-]{1,64}))?)?\/?$/;

function askedOf(path: string, method: string): Asked {
  const match = PATH.exec(path);
  if (match === null) throw new Refusal('not-found');
  const [, type, id] = match;
  const allowed = id === undefined ? 'POST' : 'PUT';
  if (method !== allowed) throw new Refusal('method-not-allowed', { Allow: allowed });
  return { type, id };
}

const SAID: Readonly<Record<RefusalReason, Pick<Issue, 'code' | 'diagnostics'>>> = {
  'bad-request': { code: 'structure', diagnostics: 'The request ended before its body did.' },
  unauthorized: { code: 'login', diagnostics: 'A bearer token is needed, and this is not the one.' },
  'not-found': { code: 'not-found', diagnostics: 'There is /fhir, /fhir/{type} and /fhir/{type}/{id}.' },
  'method-not-allowed': {
    code: 'not-supported',
    diagnostics: 'POST /fhir, POST /fhir/{type} or PUT /fhir/{type}/{id}.',
  },
  'too-large': { code: 'too-long', diagnostics: `More than ${MOST_BYTES / 1024 / 1024} MiB.` },
  'unsupported-type': { code: 'not-supported', diagnostics: 'Send application/fhir+json, not compressed.' },
  internal: { code: 'exception', diagnostics: 'An error that nobody foresaw.' },
};

const refused = ({ reason, answer, headers }: Refusal): Answer =>
  outcome(answer.status, [{ severity: 'error', ...SAID[reason] }], headers);

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
