import { type Answer, json } from './route.ts';

const STATUS = {
  'bad-request': 400,
  unauthorized: 401,
  'not-found': 404,
  'method-not-allowed': 405,
  'too-large': 413,
  'unsupported-type': 415,
  internal: 500,
} as const;

export type RefusalReason = keyof typeof STATUS;

/** A request that is not served. Its reason is all that the client learns. */
export class Refusal extends Error {
  readonly reason: RefusalReason;
  readonly headers: Readonly<Record<string, string>>;

  constructor(reason: RefusalReason, headers: Readonly<Record<string, string>> = {}) {
    super(reason);
    this.name = 'Refusal';
    this.reason = reason;
    this.headers = headers;
  }

  get answer(): Answer {
    return { ...json(STATUS[this.reason], { error: this.reason }), headers: this.headers };
  }
}
