import type { IncomingMessage } from 'node:http';
import { type Agent, request } from 'node:https';
import type { Socket } from 'node:net';
import type { Duration } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { Received } from './answer.ts';

export interface PostLimits {
  /** Until a connection stands and the other side has shown who it is. */
  readonly connect: Duration;
  /** From the beginning to the end of the answer. */
  readonly total: Duration;
}

export interface PostOptions extends PostLimits {
  readonly agent: Agent;
  readonly clock: Clock;
}

/** More of an answer is not read. */
const MOST = 64 * 1024;

/** No answer came in time, or nobody wants it any more. */
export class NoAnswer extends Error {
  readonly code: 'connect-timeout' | 'timeout' | 'stopped';

  constructor(code: NoAnswer['code']) {
    super(code);
    this.name = 'NoAnswer';
    this.code = code;
  }
}

/**
 * One POST of JSON and what came as an answer, cut where it was too long or took too long. Rejects with the fault of the
 * connection, or NoAnswer, when not even a status came.
 */
export function post(
  url: URL,
  body: string,
  { agent, clock, connect, total }: PostOptions,
  signal: AbortSignal,
): Promise<Received> {
  const over = new AbortController();
  const after = (time: Duration, until: AbortSignal, passed: () => void): void =>
    void clock.sleep(time, until).then(() => {
      if (!until.aborted) passed();
    });
  return new Promise<Received>((resolve, reject) => {
    const bytes = Buffer.from(body);
    const headers = { 'content-type': 'application/json', 'content-length': bytes.length };
    const sent = request(url, { method: 'POST', agent, headers });
    let answer: Answering | undefined;
    const stop = (code: NoAnswer['code']): void => {
      if (answer === undefined) reject(new NoAnswer(code));
      else resolve(answer.received);
      sent.destroy();
    };
    const stopped = (): void => stop('stopped');
    signal.addEventListener('abort', stopped);
    over.signal.addEventListener('abort', () => signal.removeEventListener('abort', stopped));
    after(total, over.signal, () => stop('timeout'));
    sent.on('socket', (socket) =>
      withinTime(socket, over.signal, (until) => after(connect, until, () => stop('connect-timeout'))),
    );
    sent.on('error', (error) => {
      // It broke off in the middle of the answer.
      if (answer === undefined) reject(error);
      else resolve(answer.received);
    });
    sent.on('response', (response) => {
      const reading = new Answering(response);
      answer = reading;
      response.on('data', (chunk: Buffer) => {
        if (reading.add(chunk)) return;
        resolve(reading.received);
        sent.destroy();
      });
      response.on('close', () => resolve(reading.received));
    });
    if (signal.aborted) stopped();
    else sent.end(bytes);
  }).finally(() => over.abort());
}

/** Calls `limit` for a connection that is made now; its signal aborts when it stands, or when it is over. */
function withinTime(socket: Socket, over: AbortSignal, limit: (until: AbortSignal) => void): void {
  if (!socket.connecting) return;
  const stands = new AbortController();
  const end = (): void => stands.abort();
  socket.once('secureConnect', end);
  over.addEventListener('abort', end);
  limit(stands.signal);
}

/** An answer that is coming in. */
class Answering {
  readonly #response: IncomingMessage;
  readonly #chunks: Buffer[] = [];
  #length = 0;

  constructor(response: IncomingMessage) {
    this.#response = response;
  }

  /** Whether more is wanted. */
  add(chunk: Buffer): boolean {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    return this.#length <= MOST;
  }

  get received(): Received {
    const { statusCode = 0, headers, complete } = this.#response;
    const body = Buffer.concat(this.#chunks).subarray(0, MOST).toString();
    return { status: statusCode, headers, body, complete: complete && this.#length <= MOST };
  }
}
