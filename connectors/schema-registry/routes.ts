import { type Answer, judged } from './answer.ts';
import { connectionFault } from './connection-faults.ts';
import { exchange, type HttpRequest } from './http-exchange.ts';
import { loadLibrary } from './library.ts';
import { ANSWER_WITHIN, type SchemaRegistryOptions, TRY_FOR } from './options.ts';
import { persistently } from './persistence.ts';

/** The requests of Confluent's protocol that are used here. Each is tried again while that can help. */
export interface Routes {
  readonly schema: (id: number) => Promise<Answer>;
  readonly version: (subject: string, version: number | 'latest') => Promise<Answer>;
  readonly lookup: (subject: string, schema: string) => Promise<Answer>;
  readonly register: (subject: string, schema: string) => Promise<Answer>;
  /** Against the latest version, by the level of the subject. */
  readonly compatibility: (subject: string, schema: string) => Promise<Answer>;
  readonly level: (subject: string) => Promise<Answer>;
  readonly setLevel: (subject: string, level: string) => Promise<Answer>;
}

/**
 * The library writes the requests, and they are sent here. Its class in front of its routes keeps no schema's text and asks for
 * no compatibility. Its sending loses the cause of a fault, never ends when a connection breaks in the middle of an answer,
 * and raises where nobody can catch it when the body of a refusal is `null`.
 */
export function registryRoutes(options: SchemaRegistryOptions): Routes {
  const {
    url,
    authorization,
    ca,
    clock,
    answerWithin = ANSWER_WITHIN,
    tryFor = TRY_FOR,
    onRetrying,
  } = options;
  const { Schema, Subject } = loadLibrary()({ host: url.replace(/\/+$/, ''), middlewares: [unsent] });

  const ask = async (request: Promise<unknown>): Promise<Answer> => {
    const { headers, ...written } = await requestOf(request);
    const attempt = async (): Promise<Answer> => {
      const authorized =
        authorization === undefined ? headers : { ...headers, authorization: authorization() };
      const answer = await exchange({ ...written, headers: authorized }, { ca, within: answerWithin }).catch(
        (error: unknown) => {
          throw connectionFault(url, error);
        },
      );
      return judged(url, answer);
    };
    return persistently(clock, tryFor, attempt, onRetrying);
  };

  return {
    schema: (id) => ask(Schema.find({ id })),
    version: (subject, version) => ask(Subject.version({ subject, version })),
    lookup: (subject, schema) => ask(Subject.registered({ subject, body: { schema } })),
    register: (subject, schema) => ask(Subject.register({ subject, body: { schema } })),
    compatibility: (subject, schema) => ask(Subject.compatible({ subject, verbose: true, body: { schema } })),
    level: (subject) => ask(Subject.config({ subject })),
    setLevel: (subject, compatibility) => ask(Subject.updateConfig({ subject, body: { compatibility } })),
  };
}

type Middleware = NonNullable<Parameters<ReturnType<typeof loadLibrary>>[0]['middlewares']>[number];

/** A request that the library wrote: the only way out of it before it sends is that of a fault. */
class Written extends Error {
  readonly request: HttpRequest;
  constructor(request: HttpRequest) {
    super('written');
    this.request = request;
  }
}

const unsent: Middleware = () => ({
  response: (_send, _renew, request) => {
    const body = request.body();
    const headers: Record<string, string> = { accept: ACCEPTED };
    for (const [name, value] of Object.entries(request.headers())) headers[name] = String(value);
    return Promise.reject(
      new Written({
        url: request.url(),
        method: request.method().toUpperCase(),
        headers,
        body: typeof body === 'object' ? JSON.stringify(body) : body,
      }),
    );
  },
});

/** Apicurio answers 406 to less. */
const ACCEPTED = 'application/vnd.schemaregistry.v1+json, application/json';

async function requestOf(written: Promise<unknown>): Promise<HttpRequest> {
  try {
    await written;
  } catch (error) {
    if (error instanceof Written) return error.request;
    throw error;
  }
  throw new TypeError('The library sent its request itself.');
}
