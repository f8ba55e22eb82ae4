import { type Duration, milliseconds, seconds } from '../../topology/model/time.ts';

/** How long a client may take, and how many may come. A client that is too slow is told 408 and cut off. */
export interface HttpLimits {
  /** From the connection, or the end of the last answer, to the last header. */
  readonly headers: Duration;
  /** From the connection, or the end of the last answer, to the last byte of the body. */
  readonly request: Duration;
  /** A connection without a request is ended after this. */
  readonly idle: Duration;
  /** A connection on which nothing moves, such as one whose client does not read, is ended after this. */
  readonly silence: Duration;
  /** How often the first two are looked at. */
  readonly check: Duration;
  /** Connections at a time; more are closed unanswered. */
  readonly connections: number;
  /** In-flight requests may take so long when the server is closed. */
  readonly close: Duration;
}

export const HTTP_LIMITS: HttpLimits = {
  headers: seconds(10),
  request: seconds(30),
  idle: seconds(5),
  silence: seconds(60),
  check: milliseconds(1_000),
  connections: 1_000,
  close: seconds(5),
};
