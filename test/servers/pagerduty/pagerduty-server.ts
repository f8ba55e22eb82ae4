import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { newAuthority } from '../../../docker/stack/certificates.ts';
import { ownFolder, shared } from '../shared.ts';
import { faultsOf, type GivenEvent, MOST_BYTES } from './event-rules.ts';
import type { Faults } from './faults.ts';
import { Incidents } from './incidents.ts';

/** A request, as it came. */
export interface Requested {
  readonly at: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: GivenEvent | undefined;
  /** What was answered; undefined: nothing. */
  readonly status: number | undefined;
}

export interface PagerDutyServerOptions {
  /** Epoch milliseconds, for the limit and the journal. */
  readonly now?: () => number;
  /** Routing keys that exist. */
  readonly keys: readonly string[];
  /** Calls in any sliding minute, with one routing key. */
  readonly rate?: number;
  /** Whom its certificate is for, as openssl writes it. */
  readonly hosts?: readonly string[];
}

const WINDOW = 60_000;

/** PagerDuty's Events API v2 on this machine, over TLS, with its rules, its limit, and faults as they are asked for. */
export class PagerDutyServer {
  readonly incidents: Incidents = new Incidents();
  readonly requests: Requested[] = [];
  faults: Faults = () => undefined;
  /** Path of the authority's certificate, PEM. */
  readonly ca: string;
  readonly #server: Server;
  readonly #now: () => number;
  readonly #keys: Set<string>;
  readonly #rate: number;
  readonly #calls = new Map<string, number[]>();
  /** Requests that are left without an end, as long as somebody waits for it. */
  silent = 0;
  /** Connections that were made. */
  connections = 0;

  private constructor(
    server: Server,
    ca: string,
    { now = Date.now, keys, rate = 120 }: PagerDutyServerOptions,
  ) {
    this.#server = server;
    this.ca = ca;
    this.#now = now;
    this.#keys = new Set(keys);
    this.#rate = rate;
  }

  /** @throws StreamsError `tool-missing` without openssl (see `useServer`). */
  static async start(options: PagerDutyServerOptions): Promise<PagerDutyServer> {
    const { ca, certificate, key } = await certificateFor(options.hosts);
    const https = createServer({ cert: readFileSync(certificate), key: readFileSync(key) });
    const server = new PagerDutyServer(https, ca, options);
    https.on('secureConnection', () => server.connections++);
    https.on('request', (request, response) => void server.#serve(request, response));
    await new Promise<void>((resolve) => https.listen({ host: '127.0.0.1', port: 0 }, resolve));
    return server;
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on there is an integration with this routing key. */
  addKey(key: string): void {
    this.#keys.add(key);
  }

  /** Events that PagerDuty has, in the order in which it took them. */
  get taken(): readonly GivenEvent[] {
    return this.requests.flatMap(({ status, event }) =>
      status === 202 && event !== undefined ? [event] : [],
    );
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body: string;
    try {
      body = await text(request);
    } catch {
      return;
    }
    const faults =
      request.method === 'POST' && request.url === '/v2/enqueue' ? faultsOf(body) : ['no such path'];
    const event = faults.length === 0 ? (JSON.parse(body) as GivenEvent) : undefined;
    const note = (status: number | undefined): void =>
      void this.requests.push({ at: this.#now(), headers: request.headers, body, event, status });
    const fault = this.faults({ number: this.requests.length, event });
    if (fault === undefined) {
      const { status, answer } = this.#answer(request, body, faults, event);
      note(status);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      return;
    }
    switch (fault.kind) {
      case 'answer':
        note(fault.status);
        response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
        return;
      case 'reset':
      case 'silence': {
        note(fault.taken ? this.#answer(request, body, faults, event).status : undefined);
        if (fault.kind === 'silence') this.#leave(response);
        else request.socket.destroy();
        return;
      }
      default:
        note(this.#answer(request, body, faults, event).status);
        this.#leave(response);
        response.writeHead(202, { 'content-type': 'application/json' }).write('{"status":"succ');
    }
  }

  /** Nobody waits for what is never said. */
  #leave(response: ServerResponse): void {
    this.silent++;
    response.once('close', () => this.silent--);
  }

  #answer(
    request: IncomingMessage,
    body: string,
    faults: readonly string[],
    event: GivenEvent | undefined,
  ): { readonly status: number; readonly answer: object } {
    if (request.url !== '/v2/enqueue') return { status: 404, answer: { message: 'Not Found' } };
    if (Buffer.byteLength(body) > MOST_BYTES)
      return { status: 413, answer: { message: 'Payload Too Large' } };
    if (event === undefined) return { status: 400, answer: invalid(faults) };
    if (!this.#keys.has(event.routing_key)) return { status: 400, answer: invalid(['Invalid routing key']) };
    const now = this.#now();
    const calls = (this.#calls.get(event.routing_key) ?? []).filter((at) => at > now - WINDOW);
    this.#calls.set(event.routing_key, calls);
    if (calls.length >= this.#rate) return { status: 429, answer: { message: 'Request Limit Exceeded' } };
    calls.push(now);
    const key = this.incidents.take(event, now);
    return { status: 202, answer: { status: 'success', message: 'Event processed', dedup_key: key } };
  }
}

const invalid = (errors: readonly string[]): object => ({
  status: 'invalid event',
  message: 'Event object is invalid',
  errors,
});

interface Issued {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** Making keys takes long: the usual certificate is made once in a run. */
const certificateFor = (hosts: readonly string[] | undefined): Promise<Issued> =>
  hosts === undefined
    ? shared('pagerduty-certificate', (folder) => issued(folder, ['DNS:localhost', 'IP:127.0.0.1']))
    : issued(ownFolder('pagerduty'), hosts);

async function issued(folder: string, hosts: readonly string[]): Promise<Issued> {
  const authority = await newAuthority(folder);
  const { certificate, key } = await authority.issue('pagerduty', hosts);
  return { ca: authority.ca, certificate, key };
}
