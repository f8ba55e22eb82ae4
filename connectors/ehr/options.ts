import type { Duration } from '../../topology/model/time.ts';

/** How a server is reached. */
export interface FhirOptions {
  /** Its address, without a slash at the end. */
  readonly base: string;
  /** Certificates to trust in place of the usual ones, in PEM. */
  readonly ca: string | undefined;
  readonly authorization: Authorization;
  /** Requests at the same time. */
  readonly concurrency: number;
  readonly connectTimeout: Duration;
  /** From the first byte sent to the last received. */
  readonly totalTimeout: Duration;
}

/** Who asks. */
export interface Authorization {
  /** The header; undefined: nobody. Throws a StreamsError that says whether to try again. */
  header(signal: AbortSignal): Promise<string | undefined>;
  /** The server does not believe it: the next one must be a new one, where that is possible. */
  refused(): void;
}

/** A header that is made each time, from a secret that may have changed. */
export const always = (header: () => string | undefined): Authorization => ({
  header: () => Promise.resolve(header()),
  refused: () => {},
});
