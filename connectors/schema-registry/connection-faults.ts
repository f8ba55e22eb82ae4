import { StreamsError } from '../../topology/model/errors.ts';

/** What Node and OpenSSL call a certificate that is not trusted, and one of another host. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** What answers speaks something else: HTTP where TLS was meant, TLS where HTTP was meant, neither of them. */
const OTHER_PROTOCOL = /^(?:EPROTO$|HPE_|ERR_SSL_WRONG_VERSION_NUMBER$|ERR_SSL_PACKET_LENGTH_TOO_LONG$)/;

/** Why a request to the registry at `base` had no answer. `error` is what Node raised. */
export function connectionFault(base: string, error: unknown): StreamsError {
  const { code, message } = told(error);
  if (UNTRUSTED.has(code)) {
    return new StreamsError(
      'registry-tls-untrusted',
      `The certificate of the Schema Registry at ${base} is not trusted: ${message}.`,
      error,
    );
  }
  if (OTHER_PROTOCOL.test(code)) {
    const wanted = base.startsWith('https:') ? 'TLS' : 'HTTP';
    return new StreamsError('not-a-registry', `What answers at ${base} does not speak ${wanted}.`, error);
  }
  return new StreamsError('registry-unavailable', `The Schema Registry at ${base}: ${message}.`, error);
}

function told(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  // A name with several addresses: one fault for each, and none of its own.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  if (first instanceof Error) return told(first);
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return { code: '', message: 'no answer in time' };
  const code = 'code' in error ? String(error.code) : '';
  // OpenSSL writes whole dumps.
  const [line = ''] = error.message.split('\n');
  return { code, message: line.trim().replace(/\.$/, '') || code };
}
