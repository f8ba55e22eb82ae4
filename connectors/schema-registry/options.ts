import type { ErrorCode } from '../../topology/model/errors.ts';
import { type Duration, seconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';

/** Where a Schema Registry is, and how it is asked. */
export interface SchemaRegistryOptions {
  /** Its base, `http` or `https`, with a path when it is not at the root; without user, query and fragment. */
  readonly url: string;
  /**
   * The value of the `Authorization` header (see `basic` and `bearer`). Asked for with every request, so that a secret
   * may change while the process runs.
   */
  readonly authorization?: (() => string) | undefined;
  /** Certificates in PEM that are trusted in place of those that Node trusts. */
  readonly ca?: string | undefined;
  /** For the pauses between tries. */
  readonly clock: Clock;
  /** How long one request may take. Three seconds unless said. */
  readonly answerWithin?: Duration;
  /** No new try is begun after this time. Six seconds unless said. */
  readonly tryFor?: Duration;
  /** A request failed with this and is tried again after a pause. */
  readonly onRetrying?: (code: ErrorCode) => void;
}

/** With these a registry that cannot be had is told of within ten seconds. */
export const ANSWER_WITHIN: Duration = seconds(3);
export const TRY_FOR: Duration = seconds(6);
