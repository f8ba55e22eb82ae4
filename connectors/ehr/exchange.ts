import { type Agent as HttpAgent, type IncomingMessage, request as overHttp } from 'node:http';
import { type Agent as HttpsAgent, request as overHttps } from 'node:https';
import type { Duration } from '../../topology/model/time.ts';
import type { Answer } from './answer.ts';

export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export interface Limits {
  readonly agent: HttpAgent | HttpsAgent;
  readonly connectTimeout: Duration;
  readonly totalTimeout: Duration;
  /** Longer bodies are not read to their end; characters. */
  readonly longest: number;
  readonly signal: AbortSignal;
}

/**
 * One request and its answer, whatever its status; redirects are not followed. Rejects with the fault of the connection, after a
 * time-out, and when the signal aborts.
 */
export function exchange({ url, method, headers, body }: HttpRequest, limits: Limits): Promise<Answer> {
  const { agent, connectTimeout, totalTimeout, longest, signal } = limits;
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? overHttps : overHttp;
    const sent = send(url, { method, headers, agent, signal }, (answer) => {
      bodyOf(answer, longest).then((text) => {
        settled();
        resolve({ status: answer.statusCode ?? 0, headers: single(answer), body: text });
      }, failed);
    });
    const tooLate = (what: string): void => void sent.destroy(new TimedOut(what));
    const connecting = setTimeout(() => tooLate('no connection in time'), connectTimeout);
    const waiting = setTimeout(() => tooLate('no answer in time'), totalTimeout);
    const settled = (): void => {
      clearTimeout(connecting);
      clearTimeout(waiting);
    };
    const failed = (error: Error): void => {
      settled();
      reject(error);
    };
    sent.on('socket', (socket) => {
      const connected = (): void => clearTimeout(connecting);
      if (sent.reusedSocket || !socket.connecting) connected();
      else socket.once(url.startsWith('https:') ? 'secureConnect' : 'connect', connected);
    });
    sent.on('error', failed);
    sent.end(body);
  });
}

/** It took too long. */
export class TimedOut extends Error {}

async function bodyOf(answer: IncomingMessage, longest: number): Promise<string> {
  answer.setEncoding('utf8');
  let text = '';
  for await (const chunk of answer) {
    text += chunk;
    // Leaving the loop ends the connection.
    if (text.length > longest) return '';
  }
  return text;
}

function single({ headers }: IncomingMessage): Record<string, string | undefined> {
  const found: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') found[name] = value;
  return found;
}
