import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Answer } from './answer.ts';
import { exchange } from './exchange.ts';
import { connectionFault } from './faults.ts';
import type { FhirOptions } from './options.ts';
import { Turns } from './turns.ts';

/** Characters of an answer that are read: a CapabilityStatement is long, nothing else should be. */
const LONGEST = 1 << 20;
export const LONGEST_STATEMENT: number = 16 << 20;

export interface FhirRequest {
  readonly method: 'GET' | 'PUT' | 'POST';
  /** Below the base; empty for the base itself. Holds ids of ours alone. */
  readonly path: string;
  /** In its place: an address on the same server, such as one that it gave itself. */
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly longest?: number;
}

/** Requests to one FHIR server, a few at the same time, over connections that are kept. */
export class FhirConnection {
  readonly base: string;
  readonly who: string;
  readonly #options: FhirOptions;
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #turns: Turns;

  constructor(options: FhirOptions) {
    const { base, ca, concurrency } = options;
    this.base = base;
    this.who = `The FHIR server at ${base}`;
    this.#options = options;
    this.#turns = new Turns(concurrency);
    const kept = { keepAlive: true, maxSockets: concurrency };
    this.#agent = base.startsWith('https:')
      ? new HttpsAgent({ ...kept, ...(ca === undefined ? {} : { ca }) })
      : new HttpAgent(kept);
  }

  /**
   * The answer, whatever its status. After a 401 once more with a new token.
   * @throws StreamsError `fhir-unavailable`, `fhir-tls-untrusted`, `fhir-unfit`; what the authorization throws.
   */
  async ask(request: FhirRequest, signal: AbortSignal): Promise<Answer> {
    const answer = await this.#turns.run(() => this.#ask(request, signal));
    if (answer.status !== 401) return answer;
    this.#options.authorization.refused();
    return this.#turns.run(() => this.#ask(request, signal));
  }

  close(): void {
    this.#agent.destroy();
  }

  async #ask(
    { method, path, url: given, headers, json, longest }: FhirRequest,
    signal: AbortSignal,
  ): Promise<Answer> {
    signal.throwIfAborted();
    const { authorization, connectTimeout, totalTimeout } = this.#options;
    const header = await authorization.header(signal);
    const body = json === undefined ? undefined : JSON.stringify(json);
    const all: Record<string, string> = {
      accept: 'application/fhir+json',
      // Answers hold what is not needed here: what was written.
      ...(body === undefined
        ? {}
        : {
            'content-type': 'application/fhir+json',
            'content-length': String(Buffer.byteLength(body)),
            prefer: 'return=minimal',
          }),
      ...(header === undefined ? {} : { authorization: header }),
      ...headers,
    };
    const url = given ?? (path === '' ? this.base : `${this.base}/${path}`);
    const limits = { agent: this.#agent, connectTimeout, totalTimeout, longest: longest ?? LONGEST, signal };
    try {
      return await exchange({ url, method, headers: all, body }, limits);
    } catch (error) {
      signal.throwIfAborted();
      throw connectionFault(this.who, error);
    }
  }
}
