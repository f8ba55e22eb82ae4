import { createSecureContext } from 'node:tls';
import { StreamsError } from '../../topology/model/errors.ts';

/** Who the server is: certificate, with those between it and the authority, and its key. Both in PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** @throws StreamsError `configuration` when the two are unreadable or do not belong together. */
export function identified({ cert, key }: Identity): Identity {
  try {
    createSecureContext({ cert, key });
    return { cert, key };
  } catch (cause) {
    // What OpenSSL says of a key is nobody's business: its code is enough.
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new StreamsError(
      'configuration',
      `HTTP_TLS_CERT_FILE and HTTP_TLS_KEY_FILE make no TLS server (${code}): give a certificate and its own key, both in PEM.`,
      cause,
    );
  }
}
