import type { HttpServerOptions } from '../../connectors/http/server.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import { pemIn } from './pem.ts';
import { secretOf } from './secret.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where to serve, and who may read more than the probes. */
export interface HttpSettings extends Pick<HttpServerOptions, 'host' | 'port' | 'tls'> {
  /** Undefined: nobody is asked for one. */
  readonly token: (() => string) | undefined;
}

/** The variables, a line each, for help. */
export const HTTP_VARIABLES: string = `  HTTP_PORT                  serves /livez, /readyz and /metrics; unset: nothing listens (0: any free port)
  HTTP_HOST                  address to listen on: 127.0.0.1 unless set, 0.0.0.0 for all
  HTTP_TOKEN                 bearer token for /metrics, or HTTP_TOKEN_FILE; the probes need none
  HTTP_TLS_CERT_FILE         TLS with this certificate in PEM, with HTTP_TLS_KEY_FILE
  HTTP_TLS_KEY_FILE          its key in PEM
`;

/** Reads the variables of HTTP; undefined when no port is named. What is wrong is added to `faults`. */
export function httpSettings(environment: Environment, faults: string[]): HttpSettings | undefined {
  const port = environment['HTTP_PORT'] ?? '';
  const host = environment['HTTP_HOST'] ?? '';
  const token = secretOf(environment, 'HTTP_TOKEN', faults, sendable);
  const tls = tlsIn(environment, faults);
  if (port === '') {
    // An image may name the address for whoever names a port; the others are meant to protect something.
    if (token !== undefined || tls !== undefined)
      faults.push('HTTP_PORT is not set, but a token or a certificate for it is: give the port to serve on.');
    return undefined;
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    faults.push(`HTTP_PORT is ${port}: give a number from 0 to 65535.`);
  if (!/^[\w.:-]{0,255}$/.test(host))
    faults.push(`HTTP_HOST is ${host}: give a name or an address of this machine, and nothing else.`);
  return {
    host: host === '' ? '127.0.0.1' : host,
    port: Number(port),
    token,
    ...(tls === undefined ? {} : { tls }),
  };
}

function tlsIn(environment: Environment, faults: string[]): HttpSettings['tls'] {
  const before = faults.length;
  const cert = pemIn(environment, 'HTTP_TLS_CERT_FILE', faults);
  const key = pemIn(environment, 'HTTP_TLS_KEY_FILE', faults);
  if (cert !== undefined && key !== undefined) return { cert, key };
  if ((cert !== undefined || key !== undefined) && faults.length === before)
    faults.push('HTTP_TLS_CERT_FILE and HTTP_TLS_KEY_FILE belong together: give both or none.');
  return undefined;
}

/** What is no token would match no header, and lock everybody out. */
function sendable(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new StreamsError(
    'configuration',
    'HTTP_TOKEN holds a character that no token has, such as a space: give the bare token.',
  );
}
