import type { IncomingHttpHeaders } from 'node:http';
import { retryAfterOf } from '../sink/back-off.ts';

/** What came of a request. */
export type Answer =
  /** PagerDuty has it. */
  | { readonly kind: 'accepted' }
  /** This event will never be accepted. */
  | { readonly kind: 'refused'; readonly status: number }
  /** No event with this routing key, or at this address, will be accepted until somebody mends the configuration. */
  | { readonly kind: 'key-refused'; readonly status: number }
  | { readonly kind: 'throttled'; readonly retryAfter: number | undefined }
  /** Nobody knows whether it was taken; taken twice it is the same as once. `why`: a status, or a code of Node. */
  | { readonly kind: 'unavailable'; readonly why: string; readonly retryAfter: number | undefined }
  /** Whoever answers there cannot show that he is who he should be. */
  | { readonly kind: 'untrusted'; readonly why: string };

/** An answer over HTTP. */
export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body came to its end. */
  readonly complete: boolean;
}

/** Reads what PagerDuty says, as its documentation has it: 202 accepted, 400 never, 429 and 5xx later. */
export function answerOf({ status, headers, body, complete }: Received, now: number): Answer {
  const retryAfter = retryAfterOf(headers['retry-after'], now);
  if (status === 202) {
    // A gate-keeper between may say what it likes; only PagerDuty says this.
    const believed = complete ? saysSuccess(body) : !isHtml(headers);
    return believed
      ? { kind: 'accepted' }
      : { kind: 'unavailable', why: 'no-answer-of-pagerduty', retryAfter };
  }
  if (status === 429) return { kind: 'throttled', retryAfter };
  if (status >= 500 || status === 408 || status === 425)
    return { kind: 'unavailable', why: String(status), retryAfter };
  if (status === 400 || status === 413 || status === 422)
    return isAboutKey(body) ? { kind: 'key-refused', status } : { kind: 'refused', status };
  if (status === 401 || status === 403 || status === 404) return { kind: 'key-refused', status };
  // PagerDuty says nothing else: somebody between does, for as long as he stands there.
  return { kind: 'unavailable', why: String(status), retryAfter };
}

const isHtml = (headers: IncomingHttpHeaders): boolean => /\bhtml\b/i.test(headers['content-type'] ?? '');

function saysSuccess(body: string): boolean {
  try {
    const said: unknown = JSON.parse(body);
    return typeof said === 'object' && said !== null && 'status' in said && said.status === 'success';
  } catch {
    return false;
  }
}

/** A wrong key is answered with 400 too: "Invalid routing key", "Length of 'routing_key' is incorrect". */
const isAboutKey = (body: string): boolean => /routing[_ ]key|integration[_ ]key|invalid key/i.test(body);

const UNTRUSTED =
  /^(?:CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS_CERT|ERR_SSL_|HOSTNAME_MISMATCH|INVALID_CA)/;

/** What a connection ended with. */
export function failureOf(error: unknown): Extract<Answer, { readonly why: string }> {
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
  return UNTRUSTED.test(code)
    ? { kind: 'untrusted', why: code }
    : { kind: 'unavailable', why: code, retryAfter: undefined };
}
