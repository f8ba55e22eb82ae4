import { StreamsError } from '../../topology/model/errors.ts';
import { seconds } from '../../topology/model/time.ts';
import { type Client, clientOf, type RedisAccess } from './access.ts';
import { refusalOf } from './refusal.ts';
import type { Script } from './scripts.ts';

/** Arguments and answers of Redis: text, or bytes. */
export type Argument = string | Buffer;

/**
 * A connection that never hangs: a command is answered within `patience`, or fails. One outage is waited for once;
 * what comes later fails at once, until the connection stands again. It is set up anew in the background.
 */
export class Connection {
  readonly #client: Client;
  readonly #where: string;
  readonly #patienceMs: number;
  /** Since when there is no connection; undefined: there is one, or nobody has asked for one. */
  #downSince: number | undefined;
  #lastError: StreamsError | undefined;
  #closed = false;

  constructor(access: RedisAccess) {
    this.#patienceMs = access.patience ?? seconds(5);
    this.#where = whereOf(access);
    this.#client = clientOf(access, this.#patienceMs);
    this.#client.on('error', (error: unknown) => this.#note(error));
    this.#client.on('node error', (error: unknown) => this.#note(error));
    this.#client.on('close', () => {
      this.#downSince ??= performance.now();
    });
    this.#client.on('ready', () => {
      this.#downSince = undefined;
      this.#lastError = undefined;
    });
  }

  /**
   * Sends one command, in capitals: those in small letters the library gives back in shapes of its own. Strings are bytes.
   * @throws StreamsError `snapshot-store-unavailable` or `snapshot-store-refused`. It may have been done all the same.
   */
  async call(command: string, args: readonly Argument[]): Promise<unknown> {
    try {
      return await this.#send(command, args);
    } catch (error) {
      throw error instanceof StreamsError ? error : refusalOf(error, this.#where);
    }
  }

  /** Runs a script, which is sent only when the server does not know it. Throws as `call` does. */
  async run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    const behind = [String(keys.length), ...keys, ...args];
    try {
      return await this.#send('EVALSHA', [script.sha, ...behind]);
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('NOSCRIPT'))
        return this.call('EVAL', [script.lua, ...behind]);
      throw error instanceof StreamsError ? error : refusalOf(error, this.#where);
    }
  }

  close(): void {
    this.#closed = true;
    this.#client.disconnect();
  }

  async #send(command: string, args: readonly Argument[]): Promise<unknown> {
    if (this.#client.status !== 'ready') await this.#ready();
    try {
      return await this.#within(this.#patienceMs, this.#client.callBuffer(command, [...args]));
    } catch (error) {
      // Whatever waits behind an answer that does not come would not get one either; and behind an address where another server
      // has taken over only a new connection finds that one.
      if ((error instanceof StreamsError || isDemoted(error)) && !this.#closed) this.#client.disconnect(true);
      throw error;
    }
  }

  async #ready(): Promise<void> {
    if (this.#closed) throw this.#unavailable('the connection was closed');
    this.#downSince ??= performance.now();
    const left = this.#downSince + this.#patienceMs - performance.now();
    // Whoever has the wrong password is told at once, and not after a time of hope.
    if (this.#lastError?.retry === false || left <= 0) {
      this.#connect();
      throw this.#lastError ?? this.#unavailable(`no connection within ${this.#patienceMs} ms`);
    }
    const client = this.#client;
    let settle = (): void => {};
    const settled = new Promise<void>((resolve, reject) => {
      settle = () => {
        if (this.#lastError?.retry === false) reject(this.#lastError);
        else if (client.status === 'ready') resolve();
        else if (this.#closed) reject(this.#unavailable('the connection was closed'));
      };
    });
    for (const event of EVENTS) client.on(event, settle);
    try {
      this.#connect();
      await this.#within(left, settled);
    } finally {
      for (const event of EVENTS) client.off(event, settle);
    }
  }

  /** Begins to connect where nothing does so already. */
  #connect(): void {
    const { status } = this.#client;
    if (status === 'wait' || status === 'end') this.#client.connect().catch((error) => this.#note(error));
  }

  async #within<T>(ms: number, work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(this.#lastError ?? this.#unavailable(`no answer within ${this.#patienceMs} ms`));
      }, ms);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #note(error: unknown): void {
    // That the connection ended says less than why.
    if (error instanceof Error && error.message === 'Connection is closed.') return;
    this.#lastError = refusalOf(error, this.#where);
  }

  #unavailable(why: string): StreamsError {
    return new StreamsError('snapshot-store-unavailable', `Redis at ${this.#where}: ${why}.`);
  }
}

/** It was the primary when this connection began. */
const isDemoted = (error: unknown): boolean => error instanceof Error && /\bREADONLY\b/.test(error.message);

const EVENTS = ['ready', 'error', 'node error', 'close', 'end'];

function whereOf({ address }: RedisAccess): string {
  const list = (nodes: readonly { readonly host: string; readonly port: number }[]): string =>
    nodes.map(({ host, port }) => `${host}:${port}`).join(', ');
  switch (address.kind) {
    case 'standalone':
      return list([address]);
    case 'sentinel':
      return `${address.primary} of the sentinels ${list(address.sentinels)}`;
    case 'cluster':
      return `the cluster of ${list(address.nodes)}`;
  }
}
