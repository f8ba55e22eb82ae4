import { StreamsError } from '../../topology/model/errors.ts';
import { TimedOut } from './exchange.ts';

/** What Node and OpenSSL call a certificate that is not trusted, and one of another host. */
const UNTRUSTED =
  /^(?:CERT_|ERR_TLS_CERT_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_IN_CHAIN$|HOSTNAME_MISMATCH$|INVALID_CA$|INVALID_PURPOSE$)/;
/** What answers speaks something else: HTTP where TLS was meant, TLS where HTTP was meant, neither of them. */
const OTHER_PROTOCOL = /^(?:EPROTO$|HPE_|ERR_SSL_WRONG_VERSION_NUMBER$|ERR_SSL_PACKET_LENGTH_TOO_LONG$)/;

/** Why there was no answer from `who`, such as `The FHIR server at https://...`. `error` is what Node raised. */
export function connectionFault(who: string, error: unknown): StreamsError {
  const code = codeOf(error);
  if (UNTRUSTED.test(code))
    return new StreamsError(
      'fhir-tls-untrusted',
      `The certificate of ${who} is not trusted: ${code}.`,
      error,
    );
  if (OTHER_PROTOCOL.test(code))
    return new StreamsError('fhir-unfit', `What answers as ${who} speaks another protocol: ${code}.`, error);
  return new StreamsError('fhir-unavailable', `${who} gives no answer: ${code}.`, error);
}

/** A code, or what we said ourselves; never another text. */
function codeOf(error: unknown): string {
  if (error instanceof TimedOut) return error.message;
  // A name with several addresses: one fault for each, and none of its own.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  if (first !== undefined) return codeOf(first);
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error ? String(error.code) : error.name;
}
