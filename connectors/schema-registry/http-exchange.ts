import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as overHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Duration } from '../../topology/model/time.ts';

// By its name an import would load fetch beside it (D-046).
const { request: overHttp } = process.getBuiltinModule('node:http');

export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  /** Of headers that came more than once, none. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * One request and its whole answer, whatever its status; redirects are not followed. Rejects with the fault of the
 * connection when there is none, and after `within`.
 */
export function exchange(
  { url, method, headers, body }: HttpRequest,
  { ca, within }: { readonly ca: string | undefined; readonly within: Duration },
): Promise<HttpAnswer> {
  // So few requests are sent that a connection for each costs nothing, and one that was kept may be dead.
  const options = { method, headers, agent: false, signal: AbortSignal.timeout(within) } as const;
  return new Promise((resolve, reject) => {
    const answered = (answer: IncomingMessage): void => {
      text(answer).then(
        (content) =>
          resolve({ status: answer.statusCode ?? 0, headers: single(answer.headers), body: content }),
        reject,
      );
    };
    const sent: ClientRequest = url.startsWith('https:')
      ? overHttps(url, ca === undefined ? options : { ...options, ca }, answered)
      : overHttp(url, options, answered);
    sent.on('error', reject);
    sent.end(body);
  });
}

function single(headers: IncomingMessage['headers']): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') found[name] = value;
  return found;
}
