import { StreamsError } from '../../topology/model/errors.ts';

/** Beginnings of answers, and codes of a TLS handshake, that stay the same until somebody changes a setting. */
const SETTINGS = /^(?:WRONGPASS|NOAUTH|NOPERM|ERR unknown command|ERR AUTH|ERR invalid password)/i;
const CERTIFICATES = /CERT|ALTNAME|UNABLE_TO_(?:VERIFY|GET)|SSL|TLS/;

/**
 * What a client's error means here. Its own object is not kept as the cause: it carries the arguments of the command,
 * and with them patients.
 */
export function refusalOf(error: unknown, where: string): StreamsError {
  // Of a cluster: what its last node said.
  if (error instanceof Error && 'lastNodeError' in error && error.lastNodeError instanceof Error)
    return refusalOf(error.lastNodeError, where);
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const said = error instanceof Error ? plain(error.message) : String(error);
  const refused = SETTINGS.test(said) || (code !== undefined && CERTIFICATES.test(code));
  return new StreamsError(
    refused ? 'snapshot-store-refused' : 'snapshot-store-unavailable',
    `Redis at ${where}: ${said || code || 'no reason given'}.`,
  );
}

/** Without the arguments that the server repeats. */
const plain = (message: string): string =>
  NOT_CONNECTED.test(message)
    ? 'the connection was lost'
    : message
        .replace(/,? with args beginning with.*$/s, '')
        .replace(/\.$/, '')
        .trim();

/** What the client says then, of its own settings. */
const NOT_CONNECTED =
  /^(?:Stream isn't writeable|Reached the max retries|Connection is closed|Cluster isn't ready)/;
