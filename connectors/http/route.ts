import type { IncomingHttpHeaders } from 'node:http';

/** One thing that the server does. A GET is answered to HEAD too, without its body. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** The whole path, such as `/livez`, or a pattern of whole paths; what stands behind a question mark is not part of it. */
  readonly path: string | RegExp;
  /** Who may ask: whoever bears this token, which is asked for with each request so that it may change. Everybody when not given. */
  readonly token?: () => string;
  /** What is taken in. Without it a body is thrown away unread. */
  readonly body?: BodyRule;
  /** What it throws is answered with 500 and nothing else; `onFailure` of the server learns what it was. */
  answer(asked: Asked): Answer | Promise<Answer>;
}

export interface BodyRule {
  /** Media types in lower case and without parameters, such as `application/fhir+json`; others are refused with 415. */
  readonly types: readonly string[];
  /** A longer body is refused with 413. */
  readonly maxBytes: number;
}

/** A request that passed every check of its route. */
export interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As it came; empty where the route takes none. */
  readonly body: Uint8Array;
}

export interface Answer {
  readonly status: number;
  /** Value of `Content-Type`. */
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer in JSON. */
export const json = (status: number, value: object): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: `${JSON.stringify(value)}\n`,
});
