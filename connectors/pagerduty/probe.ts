import { connect } from 'node:tls';
import type { Duration } from '../../topology/model/time.ts';
import { type Answer, failureOf } from './answer.ts';

/** Why PagerDuty cannot be reached, or not be trusted; undefined: it can. Sends nothing. */
export function probe(
  base: string,
  ca: string | undefined,
  limit: Duration,
): Promise<Extract<Answer, { readonly why: string }> | undefined> {
  const { hostname, port } = new URL(base);
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port: port === '' ? 443 : Number(port),
      timeout: limit,
      ...(ca === undefined ? {} : { ca }),
      // An address is no name that a server could be asked for by.
      ...(/^[\d.:]+$/.test(host) ? {} : { servername: host }),
    });
    const end = (failure: Extract<Answer, { readonly why: string }> | undefined): void => {
      socket.destroy();
      resolve(failure);
    };
    socket.once('secureConnect', () => end(undefined));
    socket.once('timeout', () => end({ kind: 'unavailable', why: 'connect-timeout', retryAfter: undefined }));
    socket.once('error', (error) => end(failureOf(error)));
  });
}
