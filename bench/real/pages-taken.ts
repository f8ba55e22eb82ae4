import { mkdtempSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { newAuthority } from '../../docker/stack/certificates.ts';

/** A page as PagerDuty took it. */
export interface TakenPage {
  /** When it was accepted, epoch milliseconds. */
  readonly at: number;
  /** The time that it bears: of the value that made it due. */
  readonly due: number;
}

interface Event {
  readonly event_action: string;
  readonly dedup_key: string;
  readonly payload?: { readonly timestamp?: string };
}

/** Takes every event as the Events API v2 does, over TLS, and notes when. */
export class PagesTaken {
  readonly pages: TakenPage[] = [];
  /** Path of the authority's certificate, PEM. */
  readonly ca: string;
  readonly #server: Server;

  private constructor(server: Server, ca: string) {
    this.#server = server;
    this.ca = ca;
  }

  static async start(): Promise<PagesTaken> {
    const authority = await newAuthority(mkdtempSync(join(tmpdir(), 'sepsis-streams-pages-')));
    const { certificate, key } = await authority.issue('pagerduty', ['DNS:localhost', 'IP:127.0.0.1']);
    const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) });
    const taken = new PagesTaken(server, authority.ca);
    server.on('request', (request, response) => void taken.#take(request, response));
    await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
    return taken;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const event = JSON.parse(await text(request)) as Event;
    const at = performance.timeOrigin + performance.now();
    if (event.event_action === 'trigger')
      this.pages.push({ at, due: Date.parse(event.payload?.timestamp ?? '') });
    const answer = { status: 'success', message: 'Event processed', dedup_key: event.dedup_key };
    response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
